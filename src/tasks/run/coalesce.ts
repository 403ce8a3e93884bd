import { MAX_CHUNK_BYTES, type Piece } from '../../domain/chunk.js'
import { splitBytes } from '../../domain/text.js'

/**
 * Joins neighbours of the same kind and cuts what is too long, so that a token stream makes no row a byte. Pieces that
 * are lines of their own (tool, notice, error) are not joined. Nothing is dropped but empty contents.
 */
export function coalesce(pieces: Piece[], maxBytes = MAX_CHUNK_BYTES): Piece[] {
  const joined: Piece[] = []
  let run: string[] = []
  let runKind: Piece['kind'] | undefined
  const endRun = () => {
    if (runKind !== undefined && run.length > 0) {
      for (const content of splitBytes(run.join(''), maxBytes)) joined.push({ kind: runKind, content })
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
