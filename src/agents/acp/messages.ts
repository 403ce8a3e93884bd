import type { PromptRequest } from '@agentclientprotocol/sdk'
import { isObject } from '../../domain/json.js'
import type { RequestId } from './state.js'

/** JSON-RPC's code for an unknown method, and ACP's for a required sign-in. */
export const METHOD_NOT_FOUND = -32601
export const AUTH_REQUIRED = -32000
/** ACP's code for a cancelled request. */
export const REQUEST_CANCELLED = -32800

/** One line of ACP's transport over standard streams: JSON-RPC 2.0, without newlines inside. */
export function requestLine(id: number, method: string, params: object): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`
}

export function notificationLine(method: string, params: object): string {
  return `${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`
}

export function resultLine(id: RequestId, result: object): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`
}

export function errorLine(id: RequestId, code: number, message: string): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } })}\n`
}

/**
 * The prompt. Its bytes must be the same in all versions: an upgraded daemon may write them over those of the previous
 * one.
 */
export function promptLine(id: number, sessionId: string, message: string): string {
  const params: PromptRequest = { sessionId, prompt: [{ type: 'text', text: message }] }
  return requestLine(id, 'session/prompt', params)
}

/** A message of the agent. `params` and `result` are objects, empty if it sent anything else. */
export type AgentMessage =
  | { is: 'request'; id: RequestId; method: string; params: Record<string, unknown> }
  | { is: 'notification'; method: string; params: Record<string, unknown> }
  | { is: 'result'; id: RequestId; result: Record<string, unknown> }
  | { is: 'error'; id: RequestId; code: number; message: string }
  | { is: 'nothing' }

export function readMessage(message: Record<string, unknown>): AgentMessage {
  const { id, method } = message
  const params = isObject(message.params) ? message.params : {}
  const hasId = typeof id === 'number' || typeof id === 'string'
  if (typeof method === 'string') {
    return hasId ? { is: 'request', id, method, params } : { is: 'notification', method, params }
  }
  if (!hasId) return { is: 'nothing' }
  if (message.error === undefined || message.error === null) {
    return { is: 'result', id, result: isObject(message.result) ? message.result : {} }
  }
  const { code, message: reason, data } = isObject(message.error) ? message.error : { message: message.error }
  const detail = isObject(data) ? (data.details ?? data.message) : data
  const sentence = typeof reason === 'string' && reason !== '' ? reason : 'no reason given'
  return {
    is: 'error',
    id,
    code: typeof code === 'number' ? code : 0,
    message: typeof detail === 'string' && detail !== '' ? `${sentence}: ${detail}` : sentence,
  }
}
