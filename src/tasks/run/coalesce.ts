import type { Piece } from '../../domain/chunk.js'

/** Size of a chunk's content, about: larger pieces are cut, smaller neighbours of the same kind become one. */
export const CHUNK_BYTES = 16 * 1024

const encoder = new TextEncoder()

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

/** Cuts at characters; a surrogate pair stays whole, so the bound is at least the 4 bytes of one. */
function cut(content: string, maxBytes: number): string[] {
  // Shorter in UTF-16 than a third of the bound is shorter in UTF-8 than the bound.
  if (content.length * 3 <= maxBytes || Buffer.byteLength(content) <= maxBytes) return [content]
  const parts: string[] = []
  // Only to learn how many characters have room in it: the parts stay strings.
  const room = new Uint8Array(maxBytes)
  for (let start = 0; start < content.length; ) {
    // No character takes less than a byte.
    const next = content.slice(start, start + maxBytes)
    const { read } = encoder.encodeInto(next, room)
    parts.push(next.slice(0, read))
    start += read
  }
  return parts
}
