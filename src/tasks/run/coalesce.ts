import type { Piece } from '../../domain/chunk.js'

/** Maximum size of a chunk's content, in bytes of UTF-8. */
export const CHUNK_BYTES = 16 * 1024

const encoder = new TextEncoder()

/**
 * Joins neighbouring pieces of the same kind, so that a stream of tokens does not become a row for each token, and cuts
 * pieces that are larger than `maxBytes`. Pieces that are lines of their own (tool, notice, error) are not joined.
 * Only empty pieces are dropped.
 *
 * @param maxBytes at least 4, so that every character fits
 */
export function coalesce(pieces: Piece[], maxBytes = CHUNK_BYTES): Piece[] {
  const joined: Piece[] = []
  let run: string[] = []
  let runKind: Piece['kind'] | undefined
  const endRun = () => {
    if (runKind !== undefined && run.length > 0) {
      for (const content of cut(run.join(''), maxBytes)) joined.push({ kind: runKind, content })
    }
    run = []
  }
  for (const piece of pieces) {
    if (piece.content === '') continue
    if (piece.kind !== runKind || !isContinuous(piece)) endRun()
    runKind = piece.kind
    run.push(piece.content)
  }
  endRun()
  return joined
}

function isContinuous({ kind }: Piece): boolean {
  return kind === 'text' || kind === 'thought' || kind === 'stderr'
}

/** Cuts between characters. A surrogate pair stays whole. */
function cut(content: string, maxBytes: number): string[] {
  // A UTF-16 unit takes at most 3 bytes of UTF-8.
  if (content.length * 3 <= maxBytes || Buffer.byteLength(content) <= maxBytes) return [content]
  const parts: string[] = []
  // Only shows how many characters fit; the parts stay strings.
  const buffer = new Uint8Array(maxBytes)
  for (let start = 0; start < content.length; ) {
    // A character takes at least one byte.
    const candidate = content.slice(start, start + maxBytes)
    const { read } = encoder.encodeInto(candidate, buffer)
    parts.push(candidate.slice(0, read))
    start += read
  }
  return parts
}
