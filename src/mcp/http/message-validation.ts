import {
  ErrorCode,
  isInitializeRequest,
  JSONRPCMessageSchema,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js'
import { isObject } from '../../domain/json.js'
import { describeValue } from '../../domain/text.js'
import type { HttpError } from '../../http/responses.js'

/** What the SDK takes at once. */
const MAX_MESSAGES = 100

/**
 * Lets pass a JSON-RPC message, or a list of them as MCP of 2025-03 had it, in a version of MCP that is spoken here.
 * The SDK checks the same, but says neither what to do nor which message it means.
 */
export function validateMessage(body: unknown, protocolVersion: string | undefined): HttpError | undefined {
  const messages: unknown[] = Array.isArray(body) ? body : [body]
  if (messages.length === 0) return invalid('The list of messages is empty; send one message at least')
  if (messages.length > MAX_MESSAGES) {
    return invalid(`The list has ${messages.length} messages; send at most ${MAX_MESSAGES} at once`)
  }
  const wrong = messages.find((message) => !JSONRPCMessageSchema.safeParse(message).success)
  if (wrong !== undefined) return notRpc(wrong)
  const opening = messages.find(isOpening)
  if (opening === undefined) return checkVersion(protocolVersion)
  if (messages.length > 1) return invalid('initialize stands in a list; send it alone')
  return isInitializeRequest(opening) ? undefined : wrongOpening(opening)
}

function checkVersion(version: string | undefined): HttpError | undefined {
  if (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(version)) return undefined
  return {
    status: 400,
    code: 'malformed_request',
    message: `Unsupported protocol version ${describeValue(version)}; send MCP-Protocol-Version with one of ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')}`,
  }
}

function notRpc(message: unknown): HttpError {
  const needs =
    'jsonrpc "2.0", a method, an id (text or a whole number) where an answer is wanted, and params only as an object'
  return isObject(message)
    ? { ...invalid(`This is not a JSON-RPC message; send ${needs}`), ...idOf(message) }
    : invalid(`A JSON-RPC message must be an object, got ${describeValue(message)}; send ${needs}`)
}

function isOpening(message: unknown): boolean {
  return isObject(message) && message.method === 'initialize'
}

function wrongOpening(message: unknown): HttpError {
  const needs = 'protocolVersion (text), capabilities (an object) and clientInfo (name and version)'
  const sentence = `params of initialize are not complete; send ${needs}`
  return { ...invalid(sentence), ...idOf(message), rpcCode: ErrorCode.InvalidParams }
}

/** The id, where it is one, so that the client knows to which of its messages the answer belongs. */
function idOf(message: unknown): { id?: string | number } {
  const id = isObject(message) ? message.id : undefined
  return typeof id === 'string' || Number.isSafeInteger(id) ? { id: id as string | number } : {}
}

function invalid(message: string): HttpError {
  return { status: 400, code: 'malformed_request', message, rpcCode: ErrorCode.InvalidRequest }
}
