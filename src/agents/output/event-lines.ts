import { z } from 'zod'
import type { Decoder, Stream } from '../../domain/adapter.js'
import { CHUNK_KINDS, type Piece } from '../../domain/chunk.js'
import { type JsonLine, JsonLines, jsonLinesStateSchema } from './jsonl.js'
import { FRESH_LINE } from './line-redraw.js'
import { lineStateSchema } from './line-state.js'
import { OpenLine } from './open-line.js'
import { TextStream } from './text.js'
import { pieceOf } from './text-decoder.js'

export const eventLinesStateSchema = z.object({
  openLine: z.enum(CHUNK_KINDS).nullable(),
  out: jsonLinesStateSchema,
  err: lineStateSchema,
})
export type EventLinesState = z.output<typeof eventLinesStateSchema>

export function freshEventLines(): EventLinesState {
  return { openLine: null, out: { dropping: 0 }, err: { ...FRESH_LINE } }
}

/**
 * The common part of decoders for agents that print one JSON event per line; `read` returns the pieces of an event. Other
 * lines and standard error are diagnostics.
 */
export class EventLines implements Decoder {
  /** The name of the program in messages. */
  readonly #program: string
  readonly #read: (event: Record<string, unknown>) => Piece[]
  readonly #lines: JsonLines
  readonly #openLine: OpenLine
  readonly #diagnostics: TextStream

  constructor(program: string, state: EventLinesState, read: (event: Record<string, unknown>) => Piece[]) {
    this.#program = program
    this.#read = read
    this.#lines = new JsonLines(state.out)
    this.#openLine = new OpenLine(state.openLine)
    this.#diagnostics = new TextStream(state.err)
  }

  decode(stream: Stream, bytes: Uint8Array): Piece[] {
    if (stream === 'err') return pieceOf('stderr', this.#diagnostics.push(bytes))
    return this.#piecesOf(this.#lines.push(bytes))
  }

  end(): Piece[] {
    return [...this.#piecesOf(this.#lines.end()), ...pieceOf('stderr', this.#diagnostics.end())]
  }

  unsettled(stream: Stream): number {
    return stream === 'out' ? this.#lines.unsettled : this.#diagnostics.unsettled
  }

  state(): EventLinesState {
    return { openLine: this.#openLine.state(), out: this.#lines.state(), err: this.#diagnostics.state() }
  }

  #piecesOf(lines: JsonLine[]): Piece[] {
    return lines.flatMap((line) => this.#linePieces(line)).flatMap((piece) => this.#openLine.add(piece))
  }

  #linePieces(line: JsonLine): Piece[] {
    if ('text' in line) return pieceOf('stderr', `${line.text}\n`)
    if ('object' in line) return this.#read(line.object)
    const content = `[A line of ${line.droppedBytes} bytes from ${this.#program} was too long and was dropped.]\n`
    return [{ kind: 'notice', content }]
  }
}
