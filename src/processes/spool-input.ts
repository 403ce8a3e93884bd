import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { SpoolInput } from '../domain/processes.js'
import { type SpoolFiles, toSpoolError } from './spool.js'

/** The wake FIFO does not exist yet, has no reader, or is full of earlier wake-ups. */
const NOT_LISTENING = ['ENOENT', 'ENXIO', 'EAGAIN', 'EPIPE']

/** The input of one attempt, which its feeder passes on to the agent (wrapper.ts). Keeps no file open. */
export function openSpoolInput(files: SpoolFiles, attempt: number): SpoolInput {
  return {
    async write(offset, text) {
      try {
        // The file is never created here: without its spool, no process of the task is left to read it.
        const file = await open(files.input, 'r+')
        try {
          const bytes = Buffer.from(text)
          for (let written = 0; written < bytes.length; ) {
            const left = bytes.length - written
            written += (await file.write(bytes, written, left, offset + written)).bytesWritten
          }
        } finally {
          await file.close()
        }
      } catch (cause) {
        throw toSpoolError(cause, files.directory)
      }
    },

    wake(word) {
      try {
        const fifo = openSync(files.wakeFifo(attempt), constants.O_WRONLY | constants.O_NONBLOCK)
        try {
          writeSync(fifo, `${word}\n`)
        } finally {
          closeSync(fifo)
        }
      } catch (cause) {
        // A feeder reads the existing input before it listens, and one that has ended passes on nothing more.
        const { code = '' } = cause as NodeJS.ErrnoException
        if (!NOT_LISTENING.includes(code)) throw toSpoolError(cause, files.directory)
      }
    },
  }
}
