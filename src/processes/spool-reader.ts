import { closeSync, existsSync, type FSWatcher, fstatSync, openSync, read, watch } from 'node:fs'
import { promisify } from 'node:util'
import { STREAMS } from '../domain/adapter.js'
import type { SpoolReader } from '../domain/processes.js'
import type { SpoolFiles } from './spool.js'

const readFrom = promisify(read)

/** Polling interval while a directory cannot be watched. */
const POLL_MS = 250

/** Opens a spool for reading while a process appends to it. A file that does not exist reads as empty. */
export function openSpoolReader(files: SpoolFiles, onChange: () => void): SpoolReader {
  const stopWatching = watchDirectory(files.directory, onChange)
  const streams = { out: openStreamReader(files.streams.out), err: openStreamReader(files.streams.err) }
  return {
    size: (stream) => streams[stream].size(),
    read: (stream, offset, length) => streams[stream].read(offset, length),
    close() {
      stopWatching()
      for (const stream of STREAMS) streams[stream].close()
    },
  }
}

interface StreamReader {
  size(): number
  read(offset: number, length: number): Promise<Buffer>
  close(): void
}

function openStreamReader(path: string): StreamReader {
  let descriptor: number | undefined
  let activeReads = 0
  let isClosed = false

  function size(): number {
    if (descriptor === undefined && !isClosed) descriptor = openExisting(path)
    return descriptor === undefined ? 0 : fstatSync(descriptor).size
  }

  // Closing a descriptor during a read would let another file get its number.
  function closeWhenIdle(): void {
    if (!isClosed || activeReads > 0 || descriptor === undefined) return
    closeSync(descriptor)
    descriptor = undefined
  }

  return {
    size,
    async read(offset, length) {
      const wanted = Math.min(length, size() - offset)
      if (wanted <= 0 || descriptor === undefined) return Buffer.alloc(0)
      activeReads += 1
      try {
        const target = Buffer.allocUnsafe(wanted)
        const { bytesRead } = await readFrom(descriptor, target, 0, wanted, offset)
        return target.subarray(0, bytesRead)
      } finally {
        activeReads -= 1
        closeWhenIdle()
      }
    },
    close() {
      isClosed = true
      closeWhenIdle()
    },
  }
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
}

/**
 * Calls back after each change in a directory. While the directory cannot be watched (it does not exist, or no inotify
 * watch is left), calls back at a short interval and tries again to watch. Returns a function that stops it.
 */
function watchDirectory(directory: string, onChange: () => void): () => void {
  let watcher: FSWatcher | undefined
  let poll: NodeJS.Timeout | undefined

  function startWatching(): void {
    try {
      watcher = watch(directory, { persistent: false }, (event) => {
        // The removal of the directory itself is reported as a rename, and nothing is reported after it.
        if (event === 'rename' && !existsSync(directory)) startPolling()
        onChange()
      })
      watcher.on('error', () => {
        startPolling()
        onChange()
      })
      clearInterval(poll)
      poll = undefined
    } catch {
      startPolling()
    }
  }

  function startPolling(): void {
    watcher?.close()
    watcher = undefined
    poll ??= setInterval(() => {
      startWatching()
      // Nothing was reported while the directory was not watched.
      onChange()
    }, POLL_MS).unref()
  }

  startWatching()
  return () => {
    watcher?.close()
    clearInterval(poll)
  }
}
