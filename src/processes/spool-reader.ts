import { closeSync, fstatSync, openSync, read } from 'node:fs'
import { promisify } from 'node:util'
import { STREAMS } from '../domain/adapter.js'
import type { SpoolReader } from '../domain/processes.js'
import type { SpoolFiles } from './spool.js'
import { watchSpool } from './spool-watch.js'

const readFrom = promisify(read)

/** Reads a spool while a process appends to it. A file that is not there (yet, or any more) is an empty one. */
export function openSpoolReader(files: SpoolFiles): SpoolReader {
  const watch = watchSpool(files.directory)
  const streams = { out: openStreamReader(files.streams.out), err: openStreamReader(files.streams.err) }
  return {
    size: (stream) => streams[stream].size(),
    read: (stream, offset, length) => streams[stream].read(offset, length),
    changed: watch.changed,
    close() {
      watch.close()
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
  let reading = 0
  let closed = false

  const open = (): number | undefined => {
    if (descriptor === undefined && !closed) descriptor = openExisting(path)
    return descriptor
  }
  const sizeNow = (): number => {
    const opened = open()
    return opened === undefined ? 0 : fstatSync(opened).size
  }
  // Its number would be given to another file while a read still uses it.
  const closeUnused = (): void => {
    if (!closed || reading > 0 || descriptor === undefined) return
    closeSync(descriptor)
    descriptor = undefined
  }

  return {
    size: sizeNow,
    async read(offset, length) {
      const wanted = Math.min(length, sizeNow() - offset)
      if (wanted <= 0 || descriptor === undefined) return Buffer.alloc(0)
      reading += 1
      try {
        const { bytesRead, buffer } = await readFrom(
          descriptor,
          Buffer.allocUnsafe(wanted),
          0,
          wanted,
          offset,
        )
        return buffer.subarray(0, bytesRead)
      } finally {
        reading -= 1
        closeUnused()
      }
    },
    close() {
      closed = true
      closeUnused()
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
