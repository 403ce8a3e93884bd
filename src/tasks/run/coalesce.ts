import { MAX_CHUNK_BYTES, type Piece } from '../../domain/chunk.js'
import { splitBytes } from '../../domain/text.js'

/**
 * Joins neighbouring pieces of the same kind, so that a stream of tokens does not become a row for each token, and cuts
 * pieces that are larger than `maxBytes`. Pieces that are lines of their own (tool, notice, error) are not joined.
 * Only empty pieces are dropped.
 *
 * @param maxBytes at least 4, so that every character fits
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
