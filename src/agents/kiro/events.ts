import { z } from 'zod'
import type { Decoder, Stream } from '../../domain/adapter.js'
import type { Piece } from '../../domain/chunk.js'
import { isObject } from '../../domain/json.js'
import { stripControls, truncate } from '../../domain/text.js'
import { AcpUpdates } from '../acp/updates.js'
import { EventLines, eventLinesStateSchema, freshEventLines } from '../output/event-lines.js'
import { pieceOf } from '../output/text-decoder.js'
import { toolCallsSchema } from '../output/tool-calls.js'

const MAX_ERROR_LENGTH = 1000
const MAX_WORD_LENGTH = 200

export const kiroEventsStateSchema = z.object({
  mode: z.literal('events'),
  /** The conversation to resume; null for a new one. */
  resumed: z.string().nullable(),
  /** The conversation that the run reported. */
  session: z.string().nullable(),
  /** Text was returned. */
  answered: z.boolean(),
  /** The content of `runFinished`; null until it arrives. */
  finished: z.object({ status: z.string(), stopReason: z.string().nullable() }).nullable(),
  /** The message of the last `runError`. */
  error: z.string().nullable(),
  calls: toolCallsSchema,
  ...eventLinesStateSchema.shape,
})
export type KiroEventsState = z.output<typeof kiroEventsStateSchema>

export function freshKiroEvents(resumed: string | null): KiroEventsState {
  return {
    mode: 'events',
    resumed,
    session: null,
    answered: false,
    finished: null,
    error: null,
    calls: [],
    ...freshEventLines(),
  }
}

/**
 * Decodes what `kiro-cli chat --output-format stream-json` (2.19.2 and later) prints: one event per line, `{type, data}`
 * with the types runStarted, metadata, sessionUpdate (an ACP v1 update), runFinished and runError. Other events are ignored;
 * other lines are diagnostics. Updates of subagents have another session id than the run (the first reported one) and are
 * ignored.
 */
export class KiroEvents implements Decoder {
  readonly #state: KiroEventsState
  readonly #lines: EventLines
  readonly #updates: AcpUpdates

  constructor(state: KiroEventsState) {
    this.#state = { ...state }
    this.#lines = new EventLines('kiro-cli', state, (event) => this.#piecesOf(event))
    this.#updates = new AcpUpdates(state.calls)
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

  state(): KiroEventsState {
    return { ...this.#state, calls: this.#updates.state(), ...this.#lines.state() }
  }

  #piecesOf({ type, data }: Record<string, unknown>): Piece[] {
    if (!isObject(data)) return []
    if (type === 'sessionUpdate') return this.#updatePieces(data)
    if (type === 'runFinished') return this.#finish(data)
    if (type === 'runError') return this.#fail(data)
    if (type === 'metadata') this.#state.session ??= idIn(data)
    return []
  }

  #updatePieces(data: Record<string, unknown>): Piece[] {
    const session = idIn(data)
    this.#state.session ??= session
    const isSubagent = session !== null && session !== this.#state.session
    if (isSubagent || !isObject(data.update)) return []
    const pieces = this.#updates.decode(data.update)
    this.#state.answered ||= pieces.some(({ kind }) => kind === 'text')
    return pieces
  }

  #finish(data: Record<string, unknown>): Piece[] {
    const state = this.#state
    state.session = idIn(data) ?? state.session
    state.finished = { status: word(data.status) ?? 'unknown', stopReason: word(data.stopReason) }
    if (state.answered || typeof data.finalText !== 'string' || data.finalText === '') return []
    state.answered = true
    const answer: Piece = { kind: 'text', content: stripControls(data.finalText) }
    if (data.finalTextTruncated !== true) return [answer]
    return [answer, { kind: 'notice', content: '[kiro-cli returned only the start of its answer.]\n' }]
  }

  #fail(data: Record<string, unknown>): Piece[] {
    const message = typeof data.message === 'string' ? stripControls(data.message).trim() : ''
    const stage = word(data.stage)
    const error = `${message || 'no reason given'}${stage === null ? '' : ` (stage: ${stage})`}`
    this.#state.error = truncate(error, MAX_ERROR_LENGTH)
    return pieceOf('stderr', `${error}\n`)
  }
}

/** A session id; an invalid one (too long, not Unicode) is ignored, because it could not be stored. */
function idIn(data: Record<string, unknown>): string | null {
  const id = data.sessionId
  const isOne = typeof id === 'string' && id !== '' && id.length <= MAX_WORD_LENGTH && id.isWellFormed()
  return isOne ? id : null
}

function word(value: unknown): string | null {
  return typeof value === 'string' ? truncate(stripControls(value), MAX_WORD_LENGTH) : null
}
