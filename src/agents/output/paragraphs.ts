import { z } from 'zod'
import type { Piece } from '../../domain/chunk.js'

export const paragraphStateSchema = z.object({
  /** Newlines needed before a new paragraph. */
  gap: z.string(),
  /** A tool call followed the text. */
  isApart: z.boolean(),
})
export type ParagraphState = z.output<typeof paragraphStateSchema>
export const FRESH_PARAGRAPH: ParagraphState = { gap: '', isApart: false }

/**
 * The result of a task is its text without the tool calls. Text after a tool call is a new message and would run into the
 * previous one, so it starts a new paragraph.
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
