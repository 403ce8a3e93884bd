import type { Piece } from '../../domain/chunk.js'
import type { PermissionPolicy } from '../../domain/permission-policy.js'
import type { Question, QuestionOption } from '../../domain/question.js'
import { errorLine, REQUEST_CANCELLED, resultLine } from './messages.js'
import {
  answerByPolicy,
  answerPiece,
  calledOffPiece,
  outcomeOf,
  questionPiece,
  readQuestion,
} from './permissions.js'
import type { AcpTurnState, RequestId } from './state.js'

/** Limits for open questions and for the length of ids; anything beyond is denied at once. */
const MAX_QUESTIONS = 4
const MAX_REQUEST_ID_LENGTH = 200

/**
 * The permission requests of one turn that wait for a person, oldest first; the oldest is shown. They are numbered here, because
 * an agent can reuse ids and a response must never reach a question that it was not given for.
 */
export class AcpQuestions {
  readonly #send: (line: string) => void
  #asked: AcpTurnState['asked']
  #count: number

  constructor({ asked, questions }: Pick<AcpTurnState, 'asked' | 'questions'>, send: (line: string) => void) {
    this.#asked = [...asked]
    this.#count = questions
    this.#send = send
  }

  open(): Question | null {
    return this.#asked[0]?.question ?? null
  }

  /** `on` describes the tool call. */
  ask(request: RequestId, params: Record<string, unknown>, on: string, policy: PermissionPolicy): Piece[] {
    this.#count += 1
    const question = readQuestion(`q${this.#count}`, params, on)
    const isTooMuch = this.#asked.length >= MAX_QUESTIONS || String(request).length > MAX_REQUEST_ID_LENGTH
    const settled = answerByPolicy(isTooMuch && policy === 'ask' ? 'deny' : policy, question)
    if (settled !== null) {
      this.#send(resultLine(request, outcomeOf(settled.option)))
      return [settled.piece]
    }
    this.#asked.push({ request, question })
    return this.#asked.length === 1 ? [questionPiece(question)] : []
  }

  /** Passes on a person's response to an open question, and announces the next one. */
  answer(questionId: string, optionId: string): Piece[] {
    const asked = this.#asked.find(({ question }) => question.id === questionId)
    const option = asked?.question.options.find(({ id }) => id === optionId)
    if (asked === undefined || option === undefined) return []
    return [answerPiece(asked.question, option), ...this.#settle(asked, option)]
  }

  /** The agent has withdrawn the request. */
  callOff(request: unknown): Piece[] {
    const asked = this.#asked.find((open) => open.request === request)
    if (asked === undefined) return []
    this.#send(errorLine(asked.request, REQUEST_CANCELLED, 'Request cancelled'))
    return [calledOffPiece(asked.question), ...this.#remove(asked)]
  }

  cancelAll(): void {
    for (const asked of this.#asked) this.#settle(asked, null)
  }

  /** Drops all open questions. */
  drop(): void {
    this.#asked = []
  }

  state(): Pick<AcpTurnState, 'asked' | 'questions'> {
    return { asked: [...this.#asked], questions: this.#count }
  }

  #settle(asked: AcpTurnState['asked'][number], option: QuestionOption | null): Piece[] {
    this.#send(resultLine(asked.request, outcomeOf(option)))
    return this.#remove(asked)
  }

  #remove(asked: AcpTurnState['asked'][number]): Piece[] {
    const wasShown = this.#asked[0] === asked
    this.#asked = this.#asked.filter((other) => other !== asked)
    const next = this.#asked[0]
    return wasShown && next ? [questionPiece(next.question)] : []
  }
}
