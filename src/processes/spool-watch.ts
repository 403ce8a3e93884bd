import { existsSync, type FSWatcher, watch } from 'node:fs'

/** How long a wait lasts at the most while changes are not told, in ms. */
const BLIND_WAIT_MS = 250

/** What setTimeout can count, in ms; it takes anything longer for no time at all. */
const MAX_WAIT_MS = 2 ** 31 - 1

export interface SpoolWatch {
  /**
   * Resolves at once for a change that came since the last call resolved, else at the next one; or after
   * `timeoutMs`, when the signal aborts, or when the watch is closed. It may resolve without a change: look.
   */
  changed(timeoutMs: number, signal: AbortSignal): Promise<void>
  close(): void
}

/**
 * Tells of changes in a directory. Where it cannot be watched (no inotify watch is left, or it is not there yet),
 * waits are short instead, and each tries again to watch.
 */
export function watchSpool(directory: string): SpoolWatch {
  const waiting = new Set<() => void>()
  let watcher: FSWatcher | undefined
  let changedMeanwhile = false
  let closed = false

  const wake = (): void => {
    if (waiting.size === 0) changedMeanwhile = true
    for (const resolve of waiting) resolve()
  }
  const unwatch = (): void => {
    watcher?.close()
    watcher = undefined
  }
  const tryToWatch = (): void => {
    try {
      watcher = watch(directory, { persistent: false }, (event) => {
        // The end of the directory itself is told as a rename, and nothing after it.
        if (event === 'rename' && !existsSync(directory)) unwatch()
        wake()
      })
      watcher.on('error', () => {
        unwatch()
        wake()
      })
    } catch {
      watcher = undefined
    }
  }

  tryToWatch()
  return {
    changed(timeoutMs, signal) {
      if (watcher === undefined && !closed) {
        tryToWatch()
        // What happened while nobody watched was not told.
        if (watcher !== undefined) changedMeanwhile = true
      }
      if (changedMeanwhile || closed || signal.aborted) {
        changedMeanwhile = false
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', end)
          waiting.delete(end)
          resolve()
        }
        const longest = watcher === undefined ? BLIND_WAIT_MS : MAX_WAIT_MS
        const timer = setTimeout(end, Math.min(timeoutMs, longest))
        signal.addEventListener('abort', end)
        waiting.add(end)
      })
    },
    close() {
      closed = true
      unwatch()
      wake()
    },
  }
}
