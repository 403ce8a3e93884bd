import { randomUUID } from 'node:crypto'
import { SpoolError } from '../domain/errors.js'
import type { DaemonLink } from './daemon-link.js'
import type { RpcMessage } from './post-message.js'

/** From the moment a daemon is missed: with a wait of the usual 20 s, an answer comes within clients' 60 s. */
const PATIENCE_MS = 35_000
const ANSWER_LIMIT_MS = 110_000
const DEFAULT_WAIT_MS = 20_000

/** The calls that a stdio client has under way, each forwarded on its own. */
export class BridgeCalls {
  readonly #link: DaemonLink
  readonly #answer: (message: RpcMessage) => void
  /** By the request's id; a notification has none, so stands for itself. */
  readonly #cancels = new Map<unknown, AbortController>()
  readonly #pending = new Set<Promise<void>>()

  constructor(link: DaemonLink, answer: (message: RpcMessage) => void) {
    this.#link = link
    this.#answer = answer
  }

  answer(message: RpcMessage): void {
    this.#answer(message)
  }

  /** Forwards a message; whatever happens, a request that is not cancelled gets exactly one answer. */
  take(message: RpcMessage): void {
    if (message.method === 'notifications/cancelled') this.#cancel(message.params?.requestId)
    const work = this.#forward(message).finally(() => this.#pending.delete(work))
    this.#pending.add(work)
  }

  /** Lets what is under way end within `limitMs`, then ends it. */
  async finish(limitMs: number): Promise<void> {
    const timer = setTimeout(() => {
      for (const controller of this.#cancels.values()) controller.abort(new Error('the client has gone'))
    }, limitMs)
    await Promise.all(this.#pending)
    clearTimeout(timer)
  }

  async #forward(message: RpcMessage): Promise<void> {
    const { id } = message
    const controller = new AbortController()
    const key = id ?? message
    this.#cancels.set(key, controller)
    const keyed = withIdempotencyKey(message)
    try {
      const answer = await this.#link.send((elapsedMs) => withShorterWait(keyed, elapsedMs), {
        repeatable: true,
        patienceMs: PATIENCE_MS,
        answerLimitMs: ANSWER_LIMIT_MS,
        signal: controller.signal,
      })
      if (answer !== undefined && id !== undefined) this.#answer(answer)
    } catch (error) {
      // The protocol wants no answer to a cancelled request.
      if (id !== undefined && !controller.signal.aborted) this.#answer(failure(message, id, error))
    } finally {
      this.#cancels.delete(key)
    }
  }

  #cancel(requestId: unknown): void {
    this.#cancels.get(requestId)?.abort(new Error('cancelled by the client'))
  }
}

/** A start that is sent again after a broken connection must find the task that the first one made. */
function withIdempotencyKey(message: RpcMessage): RpcMessage {
  const call = toolCall(message, 'chat_async')
  if (call === undefined) return message
  return withArguments(message, { ...call, idempotency_key: call.idempotency_key ?? randomUUID() })
}

/** What has passed already counts as waited, so that the client's own time limit is kept. */
function withShorterWait(message: RpcMessage, elapsedMs: number): RpcMessage {
  const call = toolCall(message, 'task_status')
  if (call === undefined || elapsedMs < 1_000) return message
  const asked = typeof call.wait_ms === 'number' ? call.wait_ms : DEFAULT_WAIT_MS
  return withArguments(message, { ...call, wait_ms: Math.max(0, Math.round(asked - elapsedMs)) })
}

/** The arguments where it is a call of that tool, whatever prefix the tools have here. */
function toolCall(message: RpcMessage, tool: string): { [name: string]: unknown } | undefined {
  const { name, arguments: args = {} } = message.params ?? {}
  if (message.method !== 'tools/call' || typeof name !== 'string' || !name.endsWith(tool)) return undefined
  return typeof args === 'object' && args !== null ? { ...args } : undefined
}

function withArguments(message: RpcMessage, args: object): RpcMessage {
  return { ...message, params: { ...message.params, arguments: args } }
}

/** A failed tool call is an answer that a model can read; other requests get JSON-RPC's error. */
function failure(message: RpcMessage, id: string | number, error: unknown): RpcMessage {
  const code = error instanceof SpoolError ? error.code : 'internal'
  const sentence = error instanceof Error ? error.message : String(error)
  if (message.method !== 'tools/call') {
    return { jsonrpc: '2.0', id, error: { code: -32_000, message: sentence, data: { code } } }
  }
  const content = [{ type: 'text', text: sentence }]
  return {
    jsonrpc: '2.0',
    id,
    result: { isError: true, content, structuredContent: { code, message: sentence } },
  }
}
