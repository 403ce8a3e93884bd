import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js'
import type { RpcMessage } from '../rpc.js'
import type { Line } from './message-lines.js'

/** What is answered to a line that is no message, and in which words a person is told. */
export interface Unreadable {
  answer: RpcMessage
  sentence: string
}

const PARSE_ERROR = -32_700
const INVALID_REQUEST = -32_600

/** The message of a line; a line that is none is answered with a JSON-RPC error, under its id where it has one. */
export function readMessage(line: Line, maxBytes: number): { message: RpcMessage } | Unreadable {
  if (line === 'too_long') {
    return unreadable(INVALID_REQUEST, `The line is longer than ${maxBytes} bytes; send shorter messages`)
  }
  const value = parse(line.text)
  if (value === undefined) {
    return unreadable(PARSE_ERROR, 'The line is not JSON; send one JSON-RPC message a line, as UTF-8')
  }
  const parsed = JSONRPCMessageSchema.safeParse(value)
  if (parsed.success) return { message: parsed.data as RpcMessage }
  return unreadable(INVALID_REQUEST, 'The line is not a JSON-RPC message; send one a line', idOf(value))
}

function unreadable(code: number, sentence: string, id?: string | number): Unreadable {
  const answer = { jsonrpc: '2.0' as const, error: { code, message: sentence } }
  return { answer: id === undefined ? answer : { ...answer, id }, sentence }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function idOf(value: unknown): string | number | undefined {
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
  const { id } = value
  return typeof id === 'string' || typeof id === 'number' ? id : undefined
}
