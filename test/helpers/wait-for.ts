import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks again and again until the answer is neither undefined, null nor false, and gives that answer. Fails with what
 * was awaited when the time (ms) is over; an error of the last question is its cause.
 */
export async function waitFor<T>(
  what: string,
  ask: () => T | Promise<T>,
  options: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const { timeoutMs = 20_000, intervalMs = 25 } = options
  const until = Date.now() + timeoutMs
  let cause: unknown
  do {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== null && answer !== false) {
        return answer as Exclude<T, undefined | null | false>
      }
      cause = undefined
    } catch (error) {
      cause = error
    }
    await sleep(intervalMs)
  } while (Date.now() < until)
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause })
}
