import { setImmediate as turn } from 'node:timers/promises'

/**
 * Measures the longest turn of the event loop while the work runs, in ms.
 *
 * @param {() => Promise<unknown>} work
 */
export async function longestStall(work) {
  let longest = 0
  let isOver = false
  const watch = (async () => {
    for (let last = performance.now(); !isOver; ) {
      await turn()
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }
  })()
  await work()
  isOver = true
  await watch
  return longest
}
