import { setImmediate as turn } from 'node:timers/promises'

/**
 * ms of the longest turn of the event loop while something is done.
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
