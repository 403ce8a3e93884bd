import type { Decoder, Dialogue, Stream, Utterance } from '../../domain/adapter.js'
import type { Piece } from '../../domain/chunk.js'
import type { Question } from '../../domain/question.js'
import { isObject, type JsonLine, JsonLines } from '../output/jsonl.js'
import { OpenLine } from '../output/open-line.js'
import { TextStream } from '../output/text.js'
import { pieceOf } from '../output/text-decoder.js'
import { lineOf } from '../output/tool-line.js'
import {
  type AgentMessage,
  errorLine,
  METHOD_NOT_FOUND,
  notificationLine,
  promptLine,
  REQUEST_CANCELLED,
  readMessage,
  resultLine,
} from './messages.js'
import { answerByPolicy, answerPiece, outcomeOf, questionPiece, readQuestion } from './permissions.js'
import type { AcpTurnState, RequestId } from './state.js'
import { advance, giveUp, refused } from './steps.js'
import { AcpUpdates } from './updates.js'

/** Questions that wait at the same time; an agent that asks more is answered with a refusal. */
const MOST_QUESTIONS = 8

/**
 * One turn of an agent that speaks the Agent Client Protocol, version 1 (https://agentclientprotocol.com): JSON-RPC,
 * one message a line, on standard input and output. What the agent prints is decoded here, and from it follows what
 * is said to it next; both are in one state, so that they are committed together.
 */
export class AcpTurn implements Decoder, Dialogue {
  readonly dialogue: Dialogue = this
  readonly #state: AcpTurnState
  readonly #lines: JsonLines
  readonly #updates: AcpUpdates
  readonly #openLine: OpenLine
  readonly #diagnostics: TextStream

  constructor(state: AcpTurnState) {
    this.#state = { ...state, outbox: [...state.outbox], asked: [...state.asked] }
    this.#lines = new JsonLines(state.out)
    this.#updates = new AcpUpdates(state.calls)
    this.#openLine = new OpenLine(state.openLine)
    this.#diagnostics = new TextStream(state.err)
  }

  decode(stream: Stream, bytes: Uint8Array): Piece[] {
    if (stream === 'err') return pieceOf('stderr', this.#diagnostics.push(bytes))
    return this.#told(this.#lines.push(bytes).flatMap((line) => this.#linePieces(line)))
  }

  end(): Piece[] {
    const last = this.#lines.end().flatMap((line) => this.#linePieces(line))
    return [...this.#told(last), ...pieceOf('stderr', this.#diagnostics.end())]
  }

  unsettled(stream: Stream): number {
    return stream === 'out' ? this.#lines.unsettled : this.#diagnostics.unsettled
  }

  state(): AcpTurnState {
    return {
      ...this.#state,
      outbox: [...this.#state.outbox],
      asked: [...this.#state.asked],
      calls: this.#updates.state(),
      openLine: this.#openLine.state(),
      out: this.#lines.state(),
      err: this.#diagnostics.state(),
    }
  }

  unwritten(message: string): Utterance | null {
    if (this.#state.outbox.length === 0) return null
    const session = this.#state.session ?? ''
    const lines = this.#state.outbox.map((line) =>
      typeof line === 'string' ? line : promptLine(line.prompt, session, message),
    )
    return { offset: this.#state.written, text: lines.join('') }
  }

  written(utterance: Utterance): void {
    this.#state.written = utterance.offset + Buffer.byteLength(utterance.text)
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
    return this.#state.asked[0]?.question ?? null
  }

  answer(questionId: string, optionId: string): Piece[] {
    const asked = this.#state.asked.find(({ question }) => question.id === questionId)
    const option = asked?.question.options.find(({ id }) => id === optionId)
    if (asked === undefined || option === undefined) return []
    this.#settle(asked.request, option)
    const next = this.#state.asked[0]
    const pieces = [answerPiece(asked.question, option)]
    return this.#told(next ? [...pieces, questionPiece(next.question)] : pieces)
  }

  cancel(): void {
    const state = this.#state
    if (state.step !== 'prompt' || state.session === null) {
      state.step = 'over'
      return
    }
    for (const { request } of state.asked) this.#settle(request, null)
    state.outbox.push(notificationLine('session/cancel', { sessionId: state.session }))
  }

  giveUp(error: string): void {
    giveUp(this.#state, error)
  }

  #told(pieces: Piece[]): Piece[] {
    return pieces.flatMap((piece) => this.#openLine.add(piece))
  }

  #linePieces(line: JsonLine): Piece[] {
    if ('droppedBytes' in line) {
      const content = `[A line of ${line.droppedBytes} bytes from the agent was too long and was dropped.]\n`
      return [{ kind: 'notice', content }]
    }
    if ('object' in line) return this.#messagePieces(readMessage(line.object))
    if (!line.text.startsWith('{')) return pieceOf('stderr', `${line.text}\n`)
    return [{ kind: 'notice', content: `[A message of the agent is damaged: ${lineOf(line.text)}]\n` }]
  }

  #messagePieces(message: AgentMessage): Piece[] {
    switch (message.is) {
      case 'notification':
        return this.#notified(message.method, message.params)
      case 'request':
        return this.#asked(message)
      case 'result':
        if (message.id === this.#state.lastRequest) advance(this.#state, message.result)
        return []
      case 'error':
        if (message.id === this.#state.lastRequest) refused(this.#state, message)
        return []
      case 'nothing':
        return []
    }
  }

  #notified(method: string, params: Record<string, unknown>): Piece[] {
    if (method === '$/cancel_request') return this.#calledOff(params.requestId)
    if (method !== 'session/update' || !isObject(params.update)) return []
    const isOther = this.#state.session !== null && params.sessionId !== this.#state.session
    if (this.#state.replaying || isOther) return []
    const pieces = this.#updates.decode(params.update)
    this.#state.answered ||= pieces.some(({ kind }) => kind === 'text')
    return pieces
  }

  #asked({ id, method, params }: Extract<AgentMessage, { is: 'request' }>): Piece[] {
    if (method !== 'session/request_permission') {
      this.#say(errorLine(id, METHOD_NOT_FOUND, `Method not found: ${lineOf(method)}`))
      return []
    }
    const { asked, order } = this.#state
    const on = isObject(params.toolCall) ? this.#updates.describe(params.toolCall) : ''
    const question = readQuestion(String(id), params, on)
    const policy = asked.length >= MOST_QUESTIONS ? 'deny' : order.permissions
    const settled = answerByPolicy(policy, question)
    if (settled !== null) {
      this.#say(resultLine(id, outcomeOf(settled.option)))
      return [settled.piece]
    }
    asked.push({ request: id, question })
    return asked.length === 1 ? [questionPiece(question)] : []
  }

  /** The agent needs the answer no more. */
  #calledOff(request: unknown): Piece[] {
    const { asked } = this.#state
    const index = asked.findIndex((open) => open.request === request)
    const open = asked[index]
    if (open === undefined) return []
    asked.splice(index, 1)
    this.#say(errorLine(open.request, REQUEST_CANCELLED, 'Request cancelled'))
    return [{ kind: 'notice', content: `[The agent asks no more: ${open.question.text}]\n` }]
  }

  #settle(request: RequestId, option: { id: string } | null): void {
    this.#state.asked = this.#state.asked.filter((open) => open.request !== request)
    this.#say(resultLine(request, outcomeOf(option)))
  }

  #say(line: string): void {
    this.#state.outbox.push(line)
  }
}
