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

/** Questions that wait at the same time, and the longest id that can be kept; what is more is denied at once. */
const MAX_QUESTIONS = 4
const MAX_REQUEST_ID_LENGTH = 200

/**
 * The requests for permission of one turn that wait for a person, oldest first; that one is shown. They are numbered here:
 * an id of the agent's can be used again, and an answer must never reach a question that nobody saw.
 */
export class AcpQuestions {
  readonly #say: (line: string) => void
  #asked: AcpTurnState['asked']
  #count: number

  constructor({ asked, questions }: Pick<AcpTurnState, 'asked' | 'questions'>, say: (line: string) => void) {
    this.#asked = [...asked]
    this.#count = questions
    this.#say = say
  }

  open(): Question | null {
    return this.#asked[0]?.question ?? null
  }

  /** `on` is what is known of the tool call. */
  ask(request: RequestId, params: Record<string, unknown>, on: string, policy: PermissionPolicy): Piece[] {
    this.#count += 1
    const question = readQuestion(`q${this.#count}`, params, on)
    const isTooMuch = this.#asked.length >= MAX_QUESTIONS || String(request).length > MAX_REQUEST_ID_LENGTH
    const settled = answerByPolicy(isTooMuch && policy === 'ask' ? 'deny' : policy, question)
    if (settled !== null) {
      this.#say(resultLine(request, outcomeOf(settled.option)))
      return [settled.piece]
    }
    this.#asked.push({ request, question })
    return this.#asked.length === 1 ? [questionPiece(question)] : []
  }

  /** Hands on what a person answered to a question that is still open, and tells of the next one. */
  answer(questionId: string, optionId: string): Piece[] {
    const asked = this.#asked.find(({ question }) => question.id === questionId)
    const option = asked?.question.options.find(({ id }) => id === optionId)
    if (asked === undefined || option === undefined) return []
    return [answerPiece(asked.question, option), ...this.#settle(asked, option)]
  }

  /** The agent needs an answer no more. */
  callOff(request: unknown): Piece[] {
    const asked = this.#asked.find((open) => open.request === request)
    if (asked === undefined) return []
    this.#say(errorLine(asked.request, REQUEST_CANCELLED, 'Request cancelled'))
    return [calledOffPiece(asked.question), ...this.#remove(asked)]
  }

  cancelAll(): void {
    for (const asked of this.#asked) this.#settle(asked, null)
  }

  /** Nobody waits for answers any more. */
  drop(): void {
    this.#asked = []
  }

  state(): Pick<AcpTurnState, 'asked' | 'questions'> {
    return { asked: [...this.#asked], questions: this.#count }
  }

  #settle(asked: AcpTurnState['asked'][number], option: QuestionOption | null): Piece[] {
    this.#say(resultLine(asked.request, outcomeOf(option)))
    return this.#remove(asked)
  }

  #remove(asked: AcpTurnState['asked'][number]): Piece[] {
    const wasShown = this.#asked[0] === asked
    this.#asked = this.#asked.filter((other) => other !== asked)
    const next = this.#asked[0]
    return wasShown && next ? [questionPiece(next.question)] : []
  }
}
