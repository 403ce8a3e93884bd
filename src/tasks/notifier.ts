/**
 * Wakes those who wait for a task. A wake-up is a hint and says nothing but "look again"; it is given after the commit,
 * never before.
 */
export interface Notifier {
  wake(taskId: string): void
  /** Start listening *before* reading what to wait for, so that nothing falls between. */
  listen(taskId: string): Listener
  /** Ends all waits, now and later: the daemon stops. */
  close(): void
  readonly closed: boolean
}

export interface Listener {
  /** Resolves at a wake-up since `listen`, after `timeoutMs`, or when the signal aborts. */
  wait(timeoutMs: number, signal?: AbortSignal): Promise<void>
  dispose(): void
}

export function createNotifier(): Notifier {
  const listeners = new Map<string, Set<() => void>>()
  let closed = false

  function remove(taskId: string, listener: () => void): void {
    const ofTask = listeners.get(taskId)
    ofTask?.delete(listener)
    if (ofTask?.size === 0) listeners.delete(taskId)
  }

  return {
    get closed() {
      return closed
    },

    wake(taskId) {
      for (const listener of listeners.get(taskId) ?? []) listener()
    },

    listen(taskId) {
      let woken = closed
      let onWake: (() => void) | undefined
      const listener = () => {
        woken = true
        onWake?.()
      }
      const ofTask = listeners.get(taskId) ?? new Set()
      listeners.set(taskId, ofTask.add(listener))
      return {
        wait(timeoutMs, signal) {
          if (woken || signal?.aborted) return Promise.resolve()
          return new Promise((resolve) => {
            const end = () => {
              clearTimeout(timer)
              signal?.removeEventListener('abort', end)
              onWake = undefined
              resolve()
            }
            const timer = setTimeout(end, timeoutMs)
            signal?.addEventListener('abort', end, { once: true })
            onWake = end
          })
        },
        dispose: () => remove(taskId, listener),
      }
    },

    close() {
      closed = true
      for (const ofTask of listeners.values()) for (const listener of ofTask) listener()
    },
  }
}
