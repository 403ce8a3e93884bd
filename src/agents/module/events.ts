import { z } from 'zod'
import type { Decoder, Stream } from '../../domain/adapter.js'
import type { Piece } from '../../domain/chunk.js'
import { stripControls, truncate } from '../../domain/text.js'
import { EventLines, eventLinesStateSchema, freshEventLines } from '../output/event-lines.js'
import { pieceOf } from '../output/text-decoder.js'

/** Maximum length of a remembered value; it is stored as the agent's session id. */
const MAX_MEMORY_LENGTH = 200
const MAX_ERROR_LENGTH = 1000

/** The events of the module runner, one per line: pieces, and `done` or `failed` as the last one. */
const moduleEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('piece'),
    kind: z.enum(['text', 'thought', 'tool', 'notice']),
    content: z.string(),
  }),
  z.object({ event: z.literal('memory'), memory: z.string().min(1).max(MAX_MEMORY_LENGTH) }),
  z.object({ event: z.literal('done') }),
  z.object({ event: z.literal('failed'), error: z.string() }),
])
export type ModuleEvent = z.output<typeof moduleEventSchema>

export const moduleStateSchema = z.object({
  memory: z.string().nullable(),
  /** The terminal event; null until it arrives. */
  ended: z.object({ error: z.string().nullable() }).nullable(),
  ...eventLinesStateSchema.shape,
})
export type ModuleState = z.output<typeof moduleStateSchema>

export function freshModule(): ModuleState {
  return { memory: null, ended: null, ...freshEventLines() }
}

/** Decodes the events of the module runner. Direct output of the module is diagnostics. */
export class ModuleEvents implements Decoder {
  #memory: string | null
  #ended: ModuleState['ended']
  readonly #lines: EventLines

  constructor(state: ModuleState) {
    this.#memory = state.memory
    this.#ended = state.ended
    this.#lines = new EventLines('the module', state, (event) => this.#piecesOf(event))
  }

  decode(stream: Stream, bytes: Uint8Array): Piece[] {
    return this.#lines.decode(stream, bytes)
  }

  end(): Piece[] {
    return this.#lines.end()
  }

  unsettled(stream: Stream): number {
    return this.#lines.unsettled(stream)
  }

  state(): ModuleState {
    return { memory: this.#memory, ended: this.#ended, ...this.#lines.state() }
  }

  #piecesOf(object: Record<string, unknown>): Piece[] {
    const { data: event } = moduleEventSchema.safeParse(object)
    switch (event?.event) {
      case 'piece':
        return pieceOf(event.kind, stripControls(event.content))
      case 'memory':
        this.#memory = event.memory.toWellFormed()
        return []
      case 'done':
        this.#ended ??= { error: null }
        return []
      case 'failed':
        this.#ended ??= { error: truncate(stripControls(event.error).trim(), MAX_ERROR_LENGTH) }
        return []
      default:
        return [
          {
            kind: 'notice',
            content: `[Unknown event: ${stripControls(JSON.stringify(object))}]\n`,
          },
        ]
    }
  }
}
