import type { Piece } from '../domain/chunk.js'

/** Size of a chunk's content, about: larger pieces are cut, smaller neighbours of the same kind become one. */
export const CHUNK_BYTES = 16 * 1024

/**
 * Joins neighbours of the same kind and cuts what is too long, so that a token stream makes no row a byte. Pieces that
 * are lines of their own (tool, notice, error) are not joined. Nothing is dropped but empty contents.
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
    if (piece.kind !== runKind || !isFlowing(piece)) endRun()
    runKind = piece.kind
    run.push(piece.content)
  }
  endRun()
  return joined
}

function isFlowing(piece: Piece): boolean {
  return piece.kind === 'text' || piece.kind === 'thought' || piece.kind === 'stderr'
}

/** Cuts at characters; a surrogate pair stays whole. */
function cut(content: string, maxBytes: number): string[] {
  // Shorter in UTF-16 than a third of the bound is shorter in UTF-8 than the bound.
  if (content.length * 3 <= maxBytes || Buffer.byteLength(content) <= maxBytes) return [content]
  const bytes = Buffer.from(content)
  const parts: string[] = []
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + maxBytes, bytes.length)
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
    parts.push(bytes.toString('utf8', start, end))
    start = end
  }
  return parts
}
