import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Calls `check` repeatedly until it returns something other than undefined, null or false, and resolves with that. After
 * `timeoutMs` it rejects with the name of what was awaited; an error of the last call is the cause.
 */
export async function waitFor<T>(
  what: string,
  check: () => T | Promise<T>,
  options: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const { timeoutMs = 60_000, intervalMs = 25 } = options
  const until = Date.now() + timeoutMs
  let cause: unknown
  do {
    try {
      const result = await check()
      if (result !== undefined && result !== null && result !== false) {
        return result as Exclude<T, undefined | null | false>
      }
      cause = undefined
    } catch (error) {
      cause = error
    }
    await sleep(intervalMs)
  } while (Date.now() < until)
  throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause })
}
