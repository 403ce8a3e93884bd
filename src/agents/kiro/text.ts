import { z } from 'zod'
import type { Decoder, Stream } from '../../domain/adapter.js'
import type { Piece } from '../../domain/chunk.js'
import { FRESH_LINE } from '../output/line-redraw.js'
import { lineStateSchema } from '../output/line-state.js'
import { TextStream } from '../output/text.js'
import { pieceOf } from '../output/text-decoder.js'

/** An answer starts with kiro's prompt mark, possibly after blank lines. */
const MARK = /^\s{0,62}> /
const MAYBE_MARK = /^\s*>?$/
const MAX_LEAD_LENGTH = 64

export const kiroTextStateSchema = z.object({
  mode: z.literal('text'),
  /** Start of the output that may still be the mark; null once decided. */
  lead: z.string().nullable(),
  /** Non-blank text was returned. */
  answered: z.boolean(),
  out: lineStateSchema,
  err: lineStateSchema,
})
export type KiroTextState = z.output<typeof kiroTextStateSchema>

export function freshKiroText(): KiroTextState {
  return { mode: 'text', lead: '', answered: false, out: { ...FRESH_LINE }, err: { ...FRESH_LINE } }
}

/**
 * Decodes what `kiro-cli chat` prints without stream-json (before 2.19.2): the answer on standard output, with
 * terminal sequences even in a pipe, and a `> ` before it. The line with credits and time on standard error is a diagnostic.
 */
export class KiroText implements Decoder {
  #lead: string | null
  #answered: boolean
  readonly #out: TextStream
  readonly #err: TextStream

  constructor(state: KiroTextState) {
    this.#lead = state.lead
    this.#answered = state.answered
    this.#out = new TextStream(state.out)
    this.#err = new TextStream(state.err)
  }

  decode(stream: Stream, bytes: Uint8Array): Piece[] {
    if (stream === 'err') return pieceOf('stderr', this.#err.push(bytes))
    return this.#answer(this.#out.push(bytes), false)
  }

  end(): Piece[] {
    return [...this.#answer(this.#out.end(), true), ...pieceOf('stderr', this.#err.end())]
  }

  unsettled(stream: Stream): number {
    return stream === 'out' ? this.#out.unsettled : this.#err.unsettled
  }

  state(): KiroTextState {
    return {
      mode: 'text',
      lead: this.#lead,
      answered: this.#answered,
      out: this.#out.state(),
      err: this.#err.state(),
    }
  }

  #answer(text: string, isEnd: boolean): Piece[] {
    const answer = this.#withoutMark(text, isEnd)
    this.#answered ||= answer.trim() !== ''
    return pieceOf('text', answer)
  }

  #withoutMark(text: string, isEnd: boolean): string {
    if (this.#lead === null) return text
    const lead = this.#lead + text
    if (!isEnd && lead.length <= MAX_LEAD_LENGTH && MAYBE_MARK.test(lead)) {
      this.#lead = lead
      return ''
    }
    this.#lead = null
    return lead.replace(MARK, '')
  }
}
