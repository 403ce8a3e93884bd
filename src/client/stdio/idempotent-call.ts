import { randomUUID } from 'node:crypto'
import type { RpcMessage } from '../rpc-message.js'

/** Default waits of the tools, ms. */
const DEFAULT_WAIT_MS = { task_status: 20_000, chat: 45_000 } as const

/** A start that is sent again after a broken connection must find the task of the first one, or two agents would do the work. */
export function withIdempotencyKey(message: RpcMessage): RpcMessage {
  const call = argumentsOf(message, 'chat_async') ?? argumentsOf(message, 'chat')
  if (call === undefined) return message
  return withArguments(message, { ...call, idempotency_key: call.idempotency_key ?? randomUUID() })
}

/** The time already passed counts as waited, so that the client's own time limit holds. */
export function withShorterWait(message: RpcMessage, elapsedMs: number): RpcMessage {
  if (elapsedMs < 1_000) return message
  for (const [tool, defaultMs] of Object.entries(DEFAULT_WAIT_MS)) {
    const call = argumentsOf(message, tool)
    if (call === undefined) continue
    const waitMs = typeof call.wait_ms === 'number' ? call.wait_ms : defaultMs
    return withArguments(message, { ...call, wait_ms: Math.max(0, Math.round(waitMs - elapsedMs)) })
  }
  return message
}

/** The arguments if the message calls that tool, whatever prefix the tools have. */
function argumentsOf(message: RpcMessage, tool: string): { [name: string]: unknown } | undefined {
  const { name, arguments: args = {} } = message.params ?? {}
  if (message.method !== 'tools/call' || typeof name !== 'string' || !name.endsWith(tool)) return undefined
  return typeof args === 'object' && args !== null && !Array.isArray(args) ? { ...args } : undefined
}

function withArguments(message: RpcMessage, args: object): RpcMessage {
  return { ...message, params: { ...message.params, arguments: args } }
}
