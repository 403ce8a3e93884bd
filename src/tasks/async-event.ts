/** Interrupts the waits of one loop. A wake-up between two waits is not lost: the next wait ends at once. */
export interface AsyncEvent {
  wake(): void
  /** For one wait; aborted when woken. */
  signal(): AbortSignal
}

export function createAsyncEvent(): AsyncEvent {
  let current = new AbortController()
  return {
    wake: () => current.abort(),
    signal() {
      const { signal } = current
      if (signal.aborted) current = new AbortController()
      return signal
    },
  }
}
