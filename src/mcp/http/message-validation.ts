import type { IncomingHttpHeaders } from 'node:http'
import {
  isInitializeRequest,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  type JSONRPCMessage,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server'
import { RPC } from '../../domain/errors.js'
import { isObject } from '../../domain/json.js'
import { describeValue } from '../../domain/text.js'
import type { HttpError } from '../../http/responses.js'

const MAX_MESSAGES = 100

type InitializeRequest = Extract<JSONRPCMessage, { method: string }> & { params: { capabilities: unknown } }

/**
 * The JSON-RPC message of a body, or the list of them that MCP of 2025-03-26 allows. The SDK makes the same checks, but
 * does not say which message is wrong, and what to send instead.
 */
export function parseMessages(
  body: unknown,
): { messages: JSONRPCMessage[]; initialize: InitializeRequest | undefined } | { error: HttpError } {
  const messages: unknown[] = Array.isArray(body) ? body : [body]
  if (messages.length === 0) return { error: invalid('The list of messages is empty; send at least one') }
  if (messages.length > MAX_MESSAGES) {
    return {
      error: invalid(`The list has ${messages.length} messages; send at most ${MAX_MESSAGES} at once`),
    }
  }
  const wrong = messages.find((message) => !isMessage(message))
  if (wrong !== undefined) return { error: notAMessage(wrong) }
  const initialize = messages.find((message) => isObject(message) && message.method === 'initialize')
  if (initialize !== undefined && messages.length > 1) {
    return { error: invalid('initialize is part of a list; send it alone') }
  }
  if (initialize !== undefined && !isInitializeRequest(initialize)) {
    return { error: incompleteInitialize(initialize) }
  }
  return { messages: messages as JSONRPCMessage[], initialize: initialize as InitializeRequest | undefined }
}

/** Undefined if the header names a version that is supported, or none. */
export function protocolVersionError(headers: IncomingHttpHeaders): HttpError | undefined {
  const version = headers['mcp-protocol-version']?.toString()
  if (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(version)) return undefined
  return {
    code: 'malformed_request',
    message: `Unsupported protocol version ${describeValue(version)}; send MCP-Protocol-Version with one of ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')}`,
  }
}

/**
 * Whether the SDK recognises the message; it drops any other one without a response. The usual requests are recognised by
 * hand, because the SDK's schemas would double the cost of validating a poll.
 */
function isMessage(message: unknown): boolean {
  return (
    isUsualRequest(message) ||
    isJSONRPCRequest(message) ||
    isJSONRPCNotification(message) ||
    isJSONRPCResponse(message)
  )
}

function isUsualRequest(message: unknown): boolean {
  if (!isObject(message)) return false
  const { jsonrpc, id, method, params = {}, ...others } = message
  if (jsonrpc !== '2.0' || !isId(id) || typeof method !== 'string' || !isObject(params)) return false
  return isEmpty(others) && (params._meta === undefined || isUsualMeta(params._meta))
}

function isUsualMeta(meta: unknown): boolean {
  if (!isObject(meta)) return false
  const { progressToken, ...others } = meta
  return isEmpty(others) && (progressToken === undefined || isId(progressToken))
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0
}

function isId(id: unknown): id is string | number {
  return typeof id === 'string' || Number.isSafeInteger(id)
}

function notAMessage(message: unknown): HttpError {
  const format =
    'jsonrpc "2.0", a method, an id (text or a whole number) if a response is wanted, params only as an object ' +
    '(its _meta too, with a progressToken of text or a whole number), and nothing else'
  return isObject(message)
    ? { ...invalid(`This is not a JSON-RPC message; send ${format}`), ...idOf(message) }
    : invalid(`A JSON-RPC message must be an object, got ${describeValue(message)}; send ${format}`)
}

function incompleteInitialize(message: unknown): HttpError {
  const required = 'protocolVersion (text), capabilities (an object) and clientInfo (name and version)'
  const sentence = `params of initialize are incomplete; send ${required}`
  return { ...invalid(sentence), ...idOf(message), rpcCode: RPC.invalidParams }
}

/** The id, if it is valid, so that the client knows which of its messages failed. */
function idOf(message: unknown): { id?: string | number } {
  const id = isObject(message) ? message.id : undefined
  return isId(id) ? { id } : {}
}

function invalid(message: string): HttpError {
  return { code: 'malformed_request', message, rpcCode: RPC.invalidRequest }
}
