import type { Decoder, Dialogue, OutgoingMessage, Stream } from '../../domain/adapter.js'
import type { Piece } from '../../domain/chunk.js'
import { isObject } from '../../domain/json.js'
import type { Question } from '../../domain/question.js'
import { type JsonLine, JsonLines } from '../output/jsonl.js'
import { OpenLine } from '../output/open-line.js'
import { Paragraphs } from '../output/paragraphs.js'
import { TextStream } from '../output/text.js'
import { pieceOf } from '../output/text-decoder.js'
import { lineOf } from '../output/tool-line.js'
import {
  type AgentMessage,
  errorLine,
  METHOD_NOT_FOUND,
  notificationLine,
  promptLine,
  readMessage,
  resultLine,
} from './messages.js'
import { outcomeOf } from './permissions.js'
import { AcpQuestions } from './questions.js'
import type { AcpTurnState } from './state.js'
import { advance, fail, handleError } from './steps.js'
import { AcpUpdates } from './updates.js'

/** Maximum number of lines in the outbox, which is part of the state. */
const MAX_OUTBOX = 200

/**
 * One turn of an agent that speaks the Agent Client Protocol, version 1 (https://agentclientprotocol.com): JSON-RPC,
 * one message per line, on standard input and output. Decoding the agent's output also determines the next message to it;
 * both are in one state, so they are committed together.
 */
export class AcpTurn implements Decoder, Dialogue {
  readonly dialogue: Dialogue = this
  readonly #state: AcpTurnState
  readonly #lines: JsonLines
  readonly #updates: AcpUpdates
  readonly #openLine: OpenLine
  readonly #paragraphs: Paragraphs
  readonly #questions: AcpQuestions
  readonly #diagnostics: TextStream

  constructor(state: AcpTurnState) {
    this.#state = { ...state, outbox: [...state.outbox] }
    this.#lines = new JsonLines(state.out)
    this.#updates = new AcpUpdates(state.calls)
    this.#openLine = new OpenLine(state.openLine)
    this.#paragraphs = new Paragraphs(state.paragraph)
    this.#questions = new AcpQuestions(state, (line) => this.#send(line))
    this.#diagnostics = new TextStream(state.err)
  }

  decode(stream: Stream, bytes: Uint8Array): Piece[] {
    if (stream === 'err') return pieceOf('stderr', this.#diagnostics.push(bytes))
    return this.#inOrder(this.#lines.push(bytes).flatMap((line) => this.#linePieces(line)))
  }

  end(): Piece[] {
    const last = this.#lines.end().flatMap((line) => this.#linePieces(line))
    return [...this.#inOrder(last), ...pieceOf('stderr', this.#diagnostics.end())]
  }

  unsettled(stream: Stream): number {
    return stream === 'out' ? this.#lines.unsettled : this.#diagnostics.unsettled
  }

  state(): AcpTurnState {
    return {
      ...this.#state,
      outbox: [...this.#state.outbox],
      ...this.#questions.state(),
      calls: this.#updates.state(),
      openLine: this.#openLine.state(),
      paragraph: this.#paragraphs.state(),
      out: this.#lines.state(),
      err: this.#diagnostics.state(),
    }
  }

  unwritten(message: string): OutgoingMessage | null {
    if (this.#state.outbox.length === 0) return null
    const session = this.#state.session ?? ''
    const lines = this.#state.outbox.map((line) =>
      typeof line === 'string' ? line : promptLine(line.prompt, session, message),
    )
    return { offset: this.#state.written, text: lines.join('') }
  }

  written(message: OutgoingMessage): void {
    this.#state.written = message.offset + Buffer.byteLength(message.text)
    this.#state.outbox = []
  }

  isOver(): boolean {
    return this.#state.step === 'over'
  }

  preparing(): string | null {
    const { step } = this.#state
    return step === 'prompt' || step === 'over' ? null : step
  }

  question(): Question | null {
    return this.#questions.open()
  }

  answer(questionId: string, optionId: string): Piece[] {
    return this.#inOrder(this.#questions.answer(questionId, optionId))
  }

  cancel(): void {
    const state = this.#state
    if (state.step !== 'prompt' || state.session === null) {
      state.step = 'over'
      return
    }
    if (state.cancelled) return
    state.cancelled = true
    this.#questions.cancelAll()
    this.#send(notificationLine('session/cancel', { sessionId: state.session }))
  }

  fail(error: string): void {
    fail(this.#state, error)
    this.#questions.drop()
  }

  #inOrder(pieces: Piece[]): Piece[] {
    return pieces.flatMap((piece) => this.#openLine.add(piece))
  }

  #linePieces(line: JsonLine): Piece[] {
    if ('droppedBytes' in line) {
      const content = `[A line of ${line.droppedBytes} bytes from the agent was too long and was dropped.]\n`
      return [{ kind: 'notice', content }]
    }
    if ('object' in line) return this.#messagePieces(readMessage(line.object))
    if (!line.text.startsWith('{')) return pieceOf('stderr', `${line.text}\n`)
    return [{ kind: 'notice', content: `[Invalid message of the agent: ${lineOf(line.text)}]\n` }]
  }

  #messagePieces(message: AgentMessage): Piece[] {
    switch (message.is) {
      case 'notification':
        return this.#notified(message.method, message.params)
      case 'request':
        return this.#asked(message)
      case 'result':
      case 'error':
        this.#answered(message)
        return []
      case 'nothing':
        return []
    }
  }

  #notified(method: string, params: Record<string, unknown>): Piece[] {
    if (method === '$/cancel_request') return this.#questions.callOff(params.requestId)
    if (method !== 'session/update' || !isObject(params.update)) return []
    const isOther = this.#state.session !== null && params.sessionId !== this.#state.session
    if (this.#state.replaying || isOther) return []
    return this.#updates.decode(params.update).map((piece) => this.#paragraphs.add(piece))
  }

  #asked({ id, method, params }: Extract<AgentMessage, { is: 'request' }>): Piece[] {
    if (this.#state.outbox.length > MAX_OUTBOX) {
      this.fail(`The agent sent more than ${MAX_OUTBOX} requests at once.`)
      return []
    }
    if (method !== 'session/request_permission') {
      this.#send(errorLine(id, METHOD_NOT_FOUND, `Method not found: ${lineOf(method)}`))
      return []
    }
    const { order, step, cancelled } = this.#state
    // After the turn, or while it is being stopped, no person is asked.
    if (step === 'over' || cancelled) {
      this.#send(resultLine(id, outcomeOf(null)))
      return []
    }
    const on = isObject(params.toolCall) ? this.#updates.describe(params.toolCall) : ''
    return this.#questions.ask(id, params, on, order.permissions)
  }

  #answered(message: Extract<AgentMessage, { is: 'result' | 'error' }>): void {
    if (message.id !== this.#state.lastRequest || this.isOver()) return
    if (message.is === 'result') advance(this.#state, message.result)
    else handleError(this.#state, message)
    if (this.isOver()) this.#questions.drop()
  }

  #send(line: string): void {
    this.#state.outbox.push(line)
  }
}
