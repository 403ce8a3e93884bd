import type { ChunkKind, Piece } from '../../domain/chunk.js'
import { stripControls, truncate } from '../../domain/text.js'
import { ToolCalls, type ToolCallsState, type ToolUpdate } from '../output/tool-calls.js'
import { planPieces } from '../output/tool-line.js'
import { type Fields, textAt, valueAt } from './event-fields.js'
import type { RunFacts } from './state.js'

const MAX_ERROR_LENGTH = 1000
const MAX_ID_LENGTH = 200
/** Number of remembered messages; the complete message soon follows its deltas. */
const MAX_STREAMED = 8

/**
 * Collects the content of events: pieces for the transcript, and facts for the verdict. Some agents send a message twice, as
 * deltas and then complete; it is returned once, from the deltas if there were any.
 */
export class HeadlessRun {
  readonly facts: RunFacts
  readonly #calls: ToolCalls
  #pieces: Piece[] = []

  constructor(facts: RunFacts, calls: ToolCallsState) {
    this.facts = { ...facts, streamed: [...facts.streamed] }
    this.#calls = new ToolCalls(calls)
  }

  /** The pieces since the last call. */
  take(): Piece[] {
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  calls(): ToolCallsState {
    return this.#calls.state()
  }

  /** The conversation of the run. An invalid id (too long, not Unicode) is ignored. */
  session(id: string | null): void {
    const isOne = id !== null && id !== '' && id.length <= MAX_ID_LENGTH && id.isWellFormed()
    if (isOne) this.facts.session ??= id
  }

  /** Following deltas without an id belong to this message. */
  beginMessage(id: string | null): void {
    this.facts.message = id === null ? null : truncate(id, MAX_ID_LENGTH)
  }

  /** A part of a message; without an id, of the last started one. */
  delta(kind: 'text' | 'thought', content: string | null, id: string | null = this.facts.message): void {
    if (content === null || content === '') return
    const key = keyOf(kind, id)
    if (!this.facts.streamed.includes(key)) {
      this.facts.streamed.push(key)
      this.facts.streamed.splice(0, this.facts.streamed.length - MAX_STREAMED)
    }
    this.#addText(kind, content, id)
  }

  /** A complete message; ignored if its deltas were returned. */
  whole(kind: 'text' | 'thought', content: string | null, id: string | null): void {
    if (content === null || content === '' || this.#wasStreamed(kind, id)) return
    this.#addText(kind, content, id)
  }

  /** Text without a message: it continues the last one, unless a tool call came between. */
  text(content: string | null): void {
    this.#addText('text', content ?? '', null)
  }

  tool(update: Omit<ToolUpdate, 'id'> & { id: string | null }): void {
    this.facts.apart = true
    // Calls without an id cannot be distinguished, so each event is a separate line.
    const calls = update.id === null ? new ToolCalls([]) : this.#calls
    this.#pieces.push(...calls.update({ ...update, id: update.id ?? '' }))
  }

  plan(steps: Parameters<typeof planPieces>[0]): void {
    this.#pieces.push(...planPieces(steps))
  }

  /** A line besides the answer: a warning, a retry. */
  diagnostic(line: string | null): void {
    this.#line('stderr', line ?? '')
  }

  /** An error. The terminal event decides whether the run failed. */
  fail(message: string | null): void {
    const error = sentence(message)
    // Agents repeat the last error in the terminal event.
    if (error !== this.facts.error) this.#line('error', error)
    this.facts.error = error
  }

  succeed(): void {
    this.facts.finished = { problem: null }
  }

  /** The terminal event reports a failure. */
  endWith(problem: string | null): void {
    this.facts.finished = { problem: sentence(problem) }
  }

  /** The run continues after an apparent end. */
  resume(): void {
    this.facts.finished = null
  }

  /** An event of an unknown type: ignored, unless it has an error. */
  unknown(event: Fields): void {
    const error = valueAt(event, 'error') ?? valueAt(event, 'data', 'error')
    const isError = /error|failed/i.test(textAt(event, 'type') ?? '')
    const detail = isError ? (textAt(event, 'message') ?? textAt(event, 'data', 'message')) : null
    const message = (typeof error === 'string' ? error : textAt(error, 'message')) ?? detail
    if (message !== null) this.fail(message)
  }

  #addText(kind: 'text' | 'thought', content: string, id: string | null): void {
    const clean = stripControls(content)
    if (clean === '') return
    if (kind === 'thought') {
      this.#pieces.push({ kind, content: clean })
      return
    }
    const { facts } = this
    const message = id === null ? null : truncate(id, MAX_ID_LENGTH)
    const isApart = facts.answered && (facts.apart || message !== facts.lastMessage)
    const given = (isApart ? facts.gap : '') + clean
    facts.answered = true
    facts.apart = false
    facts.lastMessage = message
    facts.gap = given.endsWith('\n\n') ? '' : given.endsWith('\n') ? '\n' : '\n\n'
    this.#pieces.push({ kind, content: given })
  }

  #wasStreamed(kind: string, id: string | null): boolean {
    const { streamed } = this.facts
    if (streamed.includes(keyOf(kind, id))) return true
    // If the start event of a message is lost, its deltas have no id.
    const nameless = streamed.indexOf(keyOf(kind, null))
    if (nameless === -1) return false
    streamed[nameless] = keyOf(kind, id)
    return true
  }

  #line(kind: ChunkKind, text: string): void {
    const line = stripControls(text).trimEnd()
    if (line !== '') this.#pieces.push({ kind, content: `${line}\n` })
  }
}

function keyOf(kind: string, id: string | null): string {
  return `${kind} ${truncate(id ?? '', MAX_ID_LENGTH)}`
}

function sentence(message: string | null): string {
  return truncate(stripControls(message ?? '').trim(), MAX_ERROR_LENGTH) || 'no reason given'
}
