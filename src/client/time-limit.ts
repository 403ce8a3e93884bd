/** The reason of a signal that aborted because the time limit passed. */
export class TimeLimitExceeded extends Error {
  override readonly name = 'TimeLimitExceeded'
}

/**
 * Runs something with a signal that aborts after `limitMs` or with the outer signal, and leaves no timer or listener
 * behind; `renew` restarts the time. (On Node 20 AbortSignal.any leaks memory with a long-lived outer signal.)
 */
export async function withTimeLimit<T>(
  limitMs: number,
  outer: AbortSignal | undefined,
  run: (signal: AbortSignal, renew: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = () => controller.abort(outer?.reason)
  const timer = setTimeout(
    () => controller.abort(new TimeLimitExceeded(`no response within ${limitMs} ms`)),
    limitMs,
  )
  if (outer?.aborted) abort()
  outer?.addEventListener('abort', abort, { once: true })
  try {
    return await run(controller.signal, () => timer.refresh())
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', abort)
  }
}
