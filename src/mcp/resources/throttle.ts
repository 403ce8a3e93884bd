import { setMaxListeners } from 'node:events'

/**
 * Calls at once, then at most once per `pauseMs`, and always once after the last invocation. Nothing is called after
 * the signal aborts, and no timer is left.
 */
export function throttle(call: () => void, pauseMs: number, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined
  let isDue = false

  function callNow(): void {
    isDue = false
    timer = setTimeout(() => {
      timer = undefined
      if (isDue) callNow()
    }, pauseMs)
    call()
  }

  // One signal ends everything a client watches; Node would warn of a leak at the eleventh listener.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  return () => {
    if (signal.aborted) return
    if (timer === undefined) callNow()
    else isDue = true
  }
}
