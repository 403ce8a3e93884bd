import { ERROR_CODES } from '../../../src/domain/errors.js'
import type { WireAnswer } from './wire.js'

const HEADER_MISMATCH = -32_020

interface RpcAnswer {
  /** The client's own. */
  id?: unknown
  /** Something that is told before the answer. */
  method?: string
  result?: { isError?: boolean; structuredContent?: Record<string, unknown>; content?: { text?: string }[] }
  error?: { code: unknown; message: unknown; data?: { code?: unknown } }
}

/** What came of a request. `taken`: it was none, so nothing was to be answered. */
export type Outcome = { is: 'refused'; code: string } | { is: 'accepted' } | { is: 'taken' }

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES)
const MAX_SENTENCE_LENGTH = 2_500

/** Checks that an answer of the MCP endpoint is in order, whatever it says. Throws what is wrong with it. */
export function judge(answer: WireAnswer, secrets: readonly string[]): Outcome {
  const { status, text } = answer
  if (status === 202 && text === '') return { is: 'taken' }
  expectNothingSecret(text, secrets)
  const messages = messagesOf(answer)
  const outcomes = messages.map((message) => judgeMessage(message, answer))
  const last = outcomes.at(-1)
  if (last === undefined) throw new Error(`no answer with status ${status}`)
  return last
}

function judgeMessage({ id: _, ...own }: RpcAnswer, { status, text }: WireAnswer): Outcome {
  const { error, result, method } = own
  // A header that contradicts the body is refused by the SDK, which repeats both as they are.
  if (error?.code === HEADER_MISMATCH) return { is: 'refused', code: String(HEADER_MISMATCH) }
  for (const string of stringsIn(own)) {
    if (!string.isWellFormed()) throw new Error(`half a character in ${text}`)
  }
  if (error !== undefined) return { is: 'refused', code: codeOfError(error, text) }
  if (method !== undefined) return { is: 'taken' }
  if (status !== 200 || result === undefined) throw new Error(`status ${status}: ${text}`)
  if (result.isError === true) return { is: 'refused', code: codeOfResult(result, text) }
  return { is: 'accepted' }
}

/** Neither a stack nor a path of the server is told. */
export function expectNothingSecret(text: string, secrets: readonly string[]): void {
  if (/(\\n|\n) +at .*(:\d+:\d+|\(node:)/.test(text)) throw new Error(`a stack trace in ${text}`)
  const told = secrets.find((secret) => text.includes(secret))
  if (told !== undefined) throw new Error(`${told} is told in ${text}`)
}

function messagesOf({ headers, text }: WireAnswer): RpcAnswer[] {
  if (!headers['content-type']?.startsWith('text/event-stream')) {
    const answer: unknown = JSON.parse(text)
    return (Array.isArray(answer) ? answer : [answer]) as RpcAnswer[]
  }
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)))
}

function codeOfError({ code, message, data }: NonNullable<RpcAnswer['error']>, text: string): string {
  if (!Number.isInteger(code)) throw new Error(`an error without a code: ${text}`)
  expectSentence(message, text)
  if (data?.code !== undefined && !CODES.has(data.code)) throw new Error(`an unknown code: ${text}`)
  return foreseen(String(data?.code ?? code), text)
}

function codeOfResult(result: NonNullable<RpcAnswer['result']>, text: string): string {
  const { code, message, field } = result.structuredContent ?? {}
  if (!CODES.has(code)) throw new Error(`a failure without a code of the list: ${text}`)
  expectSentence(message, text)
  if (result.content?.[0]?.text !== message) throw new Error(`two sentences: ${text}`)
  const isAboutAll = String(message).startsWith('arguments must be an object')
  if (code === 'invalid_input' && field === undefined && !isAboutAll) throw new Error(`no field: ${text}`)
  return foreseen(String(code), text)
}

/** Whatever is sent, the daemon has foreseen it. */
function foreseen(code: string, text: string): string {
  if (code === 'internal' || code === '-32603') throw new Error(`a failure of the daemon's own: ${text}`)
  return code
}

function expectSentence(message: unknown, text: string): void {
  const isOne = typeof message === 'string' && message !== '' && message.length <= MAX_SENTENCE_LENGTH
  if (!isOne || /[\p{Cc}\p{Bidi_Control}]/u.test(message)) throw new Error(`no sentence: ${text}`)
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    yield key
    yield* stringsIn(inner)
  }
}
