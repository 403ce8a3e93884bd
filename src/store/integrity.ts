import type { Chunk } from '../domain/chunk.js'
import { SpoolError } from '../domain/errors.js'

/*
 * A damaged index or page can hide rows without an error of SQLite. So results are compared with the counters in the
 * task's row, and missing chunks are reported as damage.
 */

/** Returns the chunks. Throws SpoolError `storage_corrupt` if some are missing. */
export function verifyChunks(chunks: Chunk[], from: number, chunkCount: number, file: string): Chunk[] {
  const hasGap = chunks.some(({ index }, at) => index !== from + at)
  if (hasGap || (chunks.length === 0 && from < chunkCount)) throw incomplete(file)
  return chunks
}

/** The same for the text of a task, which has `textBytes` in all and was read up to `maxBytes`. */
export function verifyText(text: string, textBytes: number, maxBytes: number, file: string): string {
  if (textBytes <= maxBytes && Buffer.byteLength(text) !== textBytes) throw incomplete(file)
  return text
}

function incomplete(file: string): SpoolError {
  return new SpoolError(
    'storage_corrupt',
    `${file} is damaged: chunks of this task are missing. Run \`spoold stop\`, then \`spoold db --recover\`, which ` +
      'recovers what can be read and lists what is lost.',
  )
}
