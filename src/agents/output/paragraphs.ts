import { z } from 'zod'
import type { Piece } from '../../domain/chunk.js'

export const paragraphStateSchema = z.object({
  /** Newlines that are missing after the text so far, for a paragraph to begin. */
  gap: z.string(),
  /** A tool came after the text. */
  isApart: z.boolean(),
})
export type ParagraphState = z.output<typeof paragraphStateSchema>
export const FRESH_PARAGRAPH: ParagraphState = { gap: '', isApart: false }

/**
 * The result of a task is its text alone, without the tools between. What an agent says after a tool is another message,
 * and would run into the one before: so it begins a paragraph.
 */
export class Paragraphs {
  #state: ParagraphState

  constructor(state: ParagraphState) {
    this.#state = { ...state }
  }

  add(piece: Piece): Piece {
    if (piece.kind === 'tool') this.#state.isApart = true
    if (piece.kind !== 'text' || piece.content === '') return piece
    const { isApart, gap } = this.#state
    const content = (isApart ? gap : '') + piece.content
    this.#state = { isApart: false, gap: gapAfter(content) }
    return { kind: 'text', content }
  }

  state(): ParagraphState {
    return { ...this.#state }
  }
}

function gapAfter(text: string): string {
  if (text.endsWith('\n\n')) return ''
  return text.endsWith('\n') ? '\n' : '\n\n'
}
