import type { Chunk } from '../domain/chunk.js'
import { SpoolError } from '../domain/errors.js'

/*
 * A damaged index or page can hide rows from SQLite without its noticing. What is read is held against what the task's
 * row says, so that a hole is told as damage and not given as an answer.
 */

/** Throws SpoolError `storage_corrupt` where chunks are missing. */
export function requireChunks(chunks: Chunk[], from: number, chunkCount: number, file: string): Chunk[] {
  const hasHole = chunks.some(({ index }, at) => index !== from + at)
  if (hasHole || (chunks.length === 0 && from < chunkCount)) throw incomplete(file)
  return chunks
}

/** The same for the text of a task, of which `textBytes` are there and at most `maxBytes` were read. */
export function requireText(text: string, textBytes: number, maxBytes: number, file: string): string {
  if (textBytes <= maxBytes && Buffer.byteLength(text) !== textBytes) throw incomplete(file)
  return text
}

function incomplete(file: string): SpoolError {
  return new SpoolError(
    'storage_corrupt',
    `${file} is damaged: chunks of this task are missing in it. Run \`spoold stop\`, then \`spoold db --recover\`, which ` +
      'salvages what can be read and tells what is lost.',
  )
}
