/**
 * An event that wakes one waiter and resets itself. Setting it before anybody waits is not lost: the next wait
 * returns at once.
 */
export interface AsyncEvent {
  set(): void
  /** Resolves when the event is set, after `timeoutMs`, or when the signal aborts; never rejects. */
  wait(timeoutMs: number, signal?: AbortSignal): Promise<void>
}

/** Node fires a timer of more than 2^31 - 1 ms at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

export function createAsyncEvent(): AsyncEvent {
  let isSet = false
  let wake: (() => void) | undefined

  return {
    set() {
      isSet = true
      wake?.()
    },

    async wait(timeoutMs, signal) {
      if (!isSet && signal?.aborted !== true) {
        await new Promise<void>((resolve) => {
          const end = () => {
            clearTimeout(timer)
            signal?.removeEventListener('abort', end)
            wake = undefined
            resolve()
          }
          const timer = setTimeout(end, Math.min(timeoutMs, MAX_TIMEOUT_MS))
          signal?.addEventListener('abort', end, { once: true })
          wake = end
        })
      }
      isSet = false
    },
  }
}
