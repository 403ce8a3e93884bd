import type { ChunkKind, Piece } from '../../domain/chunk.js'

/**
 * Events have no newlines between them, so pieces of different kinds would run together. A newline is added to the piece
 * that is not the answer; the answer itself stays unchanged.
 */
export class OpenLine {
  /** Kind of the piece with an incomplete last line; null at the start of a line. */
  #kind: ChunkKind | null

  constructor(kind: ChunkKind | null) {
    this.#kind = kind
  }

  add(piece: Piece): Piece[] {
    if (piece.content === '') return []
    const open = this.#kind
    this.#kind = piece.content.endsWith('\n') ? null : piece.kind
    if (open === null || open === piece.kind) return [piece]
    if (piece.kind === 'text') return [{ kind: open, content: '\n' }, piece]
    return [{ kind: piece.kind, content: `\n${piece.content}` }]
  }

  state(): ChunkKind | null {
    return this.#kind
  }
}
