import { setMaxListeners } from 'node:events'
import { createAsyncEvent } from '../domain/async-event.js'

/**
 * Wakes callers that wait for a task, and calls those that watch it. A notification is only a hint to look again, and
 * comes after the commit, never before.
 */
export interface Notifier {
  /** A task has what a poll waits for: output, a question, or its end. Wakes waiters and calls watchers. */
  notifyOutput(taskId: string): void
  /** A task changed in a way that no poll waits for: it was started, pinned or purged. Calls watchers. */
  notifyTask(taskId: string): void
  /** A task was added to the list or removed from it, or changed its status. Calls watchers of the list. */
  notifyList(): void
  /** Calls back at each notification of a task, or of the list (null), until the signal aborts or the daemon stops. */
  watch(taskId: string | null, onChange: () => void, signal: AbortSignal, onStop?: () => void): void
  /** Ids of the watched tasks. */
  watchedTasks(): string[]
  /** Listens to a task. Called before reading what to wait for, so that no change is missed in between. */
  listen(taskId: string): Listener
  /** Ends all waits, now and in the future, because the daemon stops. */
  close(): void
  readonly closed: boolean
}

export interface Listener {
  /** Resolves at a notification since the last wait, after `timeoutMs`, or when the signal aborts. */
  wait(timeoutMs: number, signal?: AbortSignal): Promise<void>
  dispose(): void
}

export function createNotifier(): Notifier {
  const listeners = createCallbacks()
  const watchers = createCallbacks()
  const onStops = new Set<() => void>()
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
      // One signal can end all watches of a client. By default Node warns of a leak at the eleventh listener.
      setMaxListeners(0, signal)
      // A new function, so that the same callback can be registered twice.
      const watcher = () => onChange()
      watchers.add(taskId, watcher)
      signal.addEventListener('abort', () => watchers.remove(taskId, watcher), { once: true })
      if (onStop === undefined) return
      onStops.add(onStop)
      signal.addEventListener('abort', () => onStops.delete(onStop), { once: true })
    },

    watchedTasks: () => watchers.keys().filter((key) => key !== null),

    listen(taskId) {
      const event = createAsyncEvent()
      if (closed) event.set()
      listeners.add(taskId, event.set)
      return { wait: event.wait, dispose: () => listeners.remove(taskId, event.set) }
    },

    close() {
      closed = true
      watchers.clear()
      for (const onStop of onStops) onStop()
      onStops.clear()
      for (const taskId of listeners.keys()) listeners.call(taskId)
    },
  }
}

/** Callbacks by task id; null is the list of tasks. */
function createCallbacks() {
  const byKey = new Map<string | null, Set<() => void>>()
  return {
    add(key: string | null, callback: () => void): void {
      byKey.set(key, (byKey.get(key) ?? new Set()).add(callback))
    },
    remove(key: string | null, callback: () => void): void {
      const callbacks = byKey.get(key)
      callbacks?.delete(callback)
      if (callbacks?.size === 0) byKey.delete(key)
    },
    call(key: string | null): void {
      for (const callback of byKey.get(key) ?? []) callback()
    },
    keys: () => [...byKey.keys()],
    clear: () => byKey.clear(),
  }
}
