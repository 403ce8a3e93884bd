import { ERROR_CODES } from '../../../src/domain/errors.js'
import type { WireResponse } from './wire.js'

const HEADER_MISMATCH = -32_020

interface RpcMessage {
  /** Repeats the id of the request. */
  id?: unknown
  /** Present in a notification that precedes the response. */
  method?: string
  result?: { isError?: boolean; structuredContent?: Record<string, unknown>; content?: { text?: string }[] }
  error?: { code: unknown; message: unknown; data?: { code?: unknown } }
}

/** What a message led to. `notified`: it was a notification, which has no response. */
export type Outcome = { kind: 'refused'; code: string } | { kind: 'accepted' } | { kind: 'notified' }

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES)
const MAX_MESSAGE_LENGTH = 2_500

/** Checks that a response of the MCP endpoint is valid. Throws if it is not. */
export function classifyResponse(response: WireResponse, secrets: readonly string[]): Outcome {
  const { status, text } = response
  if (status === 202 && text === '') return { kind: 'notified' }
  expectNoSecrets(text, secrets)
  const messages = messagesOf(response)
  const outcomes = messages.map((message) => classifyMessage(message, response))
  const last = outcomes.at(-1)
  if (last === undefined) throw new Error(`no message with status ${status}`)
  return last
}

function classifyMessage({ id: _, ...own }: RpcMessage, { status, text }: WireResponse): Outcome {
  const { error, result, method } = own
  // The SDK refuses a header that contradicts the body, and repeats both unchanged in its message.
  if (error?.code === HEADER_MISMATCH) return { kind: 'refused', code: String(HEADER_MISMATCH) }
  for (const string of stringsIn(own)) {
    if (!string.isWellFormed()) throw new Error(`a lone surrogate in ${text}`)
  }
  if (error !== undefined) return { kind: 'refused', code: codeOfError(error, text) }
  if (method !== undefined) return { kind: 'notified' }
  if (status !== 200 || result === undefined) throw new Error(`status ${status}: ${text}`)
  if (result.isError === true) return { kind: 'refused', code: codeOfResult(result, text) }
  return { kind: 'accepted' }
}

/** Throws if the text contains a stack trace or a path of the server. */
export function expectNoSecrets(text: string, secrets: readonly string[]): void {
  if (/(\\n|\n) +at .*(:\d+:\d+|\(node:)/.test(text)) throw new Error(`a stack trace in ${text}`)
  const found = secrets.find((secret) => text.includes(secret))
  if (found !== undefined) throw new Error(`${found} is in ${text}`)
}

function messagesOf({ headers, text }: WireResponse): RpcMessage[] {
  if (!headers['content-type']?.startsWith('text/event-stream')) {
    const body: unknown = JSON.parse(text)
    return (Array.isArray(body) ? body : [body]) as RpcMessage[]
  }
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)))
}

function codeOfError({ code, message, data }: NonNullable<RpcMessage['error']>, text: string): string {
  if (!Number.isInteger(code)) throw new Error(`an error without a code: ${text}`)
  expectCleanMessage(message, text)
  if (data?.code !== undefined && !CODES.has(data.code)) throw new Error(`an unknown code: ${text}`)
  return withoutInternalError(String(data?.code ?? code), text)
}

function codeOfResult(result: NonNullable<RpcMessage['result']>, text: string): string {
  const { code, message, field } = result.structuredContent ?? {}
  if (!CODES.has(code)) throw new Error(`an unknown code: ${text}`)
  expectCleanMessage(message, text)
  if (result.content?.[0]?.text !== message) throw new Error(`message and text differ: ${text}`)
  const concernsAll = String(message).startsWith('arguments must be an object')
  if (code === 'invalid_input' && field === undefined && !concernsAll) throw new Error(`no field: ${text}`)
  return withoutInternalError(String(code), text)
}

/** Throws if the daemon reports an internal error: every input must be handled. */
function withoutInternalError(code: string, text: string): string {
  if (code === 'internal' || code === '-32603') throw new Error(`an internal error: ${text}`)
  return code
}

function expectCleanMessage(message: unknown, text: string): void {
  const isMessage = typeof message === 'string' && message !== '' && message.length <= MAX_MESSAGE_LENGTH
  if (!isMessage || /[\p{Cc}\p{Bidi_Control}]/u.test(message)) throw new Error(`no clean message: ${text}`)
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    yield key
    yield* stringsIn(inner)
  }
}
