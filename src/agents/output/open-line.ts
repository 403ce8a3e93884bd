import type { ChunkKind, Piece } from '../../domain/chunk.js'

/**
 * Agents that print events say nothing about where lines end between them. Read one after the other, the pieces of
 * different kinds would run into each other; so a newline is added to the one that is not the answer. The answer
 * itself stays exactly as the agent gave it.
 */
export class OpenLine {
  /** Kind of the piece whose last line is not ended; null at the beginning of a line. */
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
