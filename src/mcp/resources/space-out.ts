import { setMaxListeners } from 'node:events'

/**
 * Makes of many hints few calls: the first at once, then at most one per `pauseMs`, and always one after the last
 * hint. Nothing is called once the signal aborts, and no timer is left.
 */
export function spaceOut(call: () => void, pauseMs: number, signal: AbortSignal): () => void {
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

  // One signal ends all that a client watches; node would warn of a leak at the eleventh.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  return () => {
    if (signal.aborted) return
    if (timer === undefined) callNow()
    else isDue = true
  }
}
