import { setMaxListeners } from 'node:events'

/**
 * Wakes those who wait for a task, and tells those who watch it. A wake-up is a hint and says nothing but "look again";
 * it is given after the commit, never before.
 */
export interface Notifier {
  /** There is something that a poll waits for: output, a question, the end. Tells who watches, too. */
  notifyOutput(taskId: string): void
  /** The task changed in a way that is no answer to a poll: it got its turn, was pinned, was purged. */
  notifyTask(taskId: string): void
  /** Tells who watches all tasks: there is another one, one less, or one of another status. */
  notifyList(): void
  /** Calls back at each of those, for one task or (null) for the list, until the signal aborts or all waits end. */
  watch(taskId: string | null, onChange: () => void, signal: AbortSignal, onStop?: () => void): void
  /** Ids of the tasks that are watched. */
  watched(): string[]
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
  const listeners = createCallbacks()
  const watchers = createCallbacks()
  const stops = new Set<() => void>()
  let closed = false

  return {
    get closed() {
      return closed
    },

    notifyOutput(taskId) {
      listeners.call(taskId)
      watchers.call(taskId)
    },

    notifyTask: (taskId) => watchers.call(taskId),

    notifyList: () => watchers.call(null),

    watch(taskId, onChange, signal, onStop) {
      if (signal.aborted) return
      if (closed) return onStop?.()
      // One signal ends all that a client watches; node would warn of a leak at the eleventh.
      setMaxListeners(0, signal)
      // Its own, so that one function can watch twice.
      const watcher = () => onChange()
      watchers.add(taskId, watcher)
      signal.addEventListener('abort', () => watchers.remove(taskId, watcher), { once: true })
      if (onStop === undefined) return
      stops.add(onStop)
      signal.addEventListener('abort', () => stops.delete(onStop), { once: true })
    },

    watched: () => watchers.keys().filter((key) => key !== null),

    listen(taskId) {
      let woken = closed
      let onWake: (() => void) | undefined
      const listener = () => {
        woken = true
        onWake?.()
      }
      listeners.add(taskId, listener)
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
        dispose: () => listeners.remove(taskId, listener),
      }
    },

    close() {
      closed = true
      watchers.clear()
      for (const onStop of stops) onStop()
      stops.clear()
      for (const taskId of listeners.keys()) listeners.call(taskId)
    },
  }
}

/** Callbacks of a task, or (null) of all tasks together. */
function createCallbacks() {
  const byTask = new Map<string | null, Set<() => void>>()
  return {
    add(key: string | null, callback: () => void): void {
      byTask.set(key, (byTask.get(key) ?? new Set()).add(callback))
    },
    remove(key: string | null, callback: () => void): void {
      const ofTask = byTask.get(key)
      ofTask?.delete(callback)
      if (ofTask?.size === 0) byTask.delete(key)
    },
    call(key: string | null): void {
      for (const callback of byTask.get(key) ?? []) callback()
    },
    keys: () => [...byTask.keys()],
    clear: () => byTask.clear(),
  }
}
