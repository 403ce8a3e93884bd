import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { SpoolInput } from '../domain/processes.js'
import type { SpoolFiles } from './spool.js'
import { spoolFailure } from './spool-failure.js'

/** The words in which nobody listens to the bell: the FIFO is not made yet, has no reader, or is full of rings. */
const UNHEARD = ['ENOENT', 'ENXIO', 'EAGAIN', 'EPIPE']

/** What is said to one attempt, and the bell of its feeder (wrapper.ts). Nothing stays open. */
export function openSpoolInput(files: SpoolFiles, attempt: number): SpoolInput {
  return {
    async write(offset, text) {
      try {
        // Never made here: without its spool directory the task has nobody to speak to.
        const file = await open(files.input, 'r+')
        try {
          const bytes = Buffer.from(text)
          for (let done = 0; done < bytes.length; ) {
            const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done)
            done += bytesWritten
          }
        } finally {
          await file.close()
        }
      } catch (cause) {
        throw spoolFailure(cause, files.directory)
      }
    },

    wake(word) {
      try {
        const bell = openSync(files.bell(attempt), constants.O_WRONLY | constants.O_NONBLOCK)
        try {
          writeSync(bell, `${word}\n`)
        } finally {
          closeSync(bell)
        }
      } catch (cause) {
        // A feeder that starts reads what is there before it listens, and one that is gone hands nothing on any more.
        if (!UNHEARD.includes((cause as NodeJS.ErrnoException).code ?? ''))
          throw spoolFailure(cause, files.directory)
      }
    },
  }
}
