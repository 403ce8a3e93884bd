import { SpoolError } from '../../domain/errors.js'
import type { DaemonConnection } from '../daemon-connection.js'
import type { RpcMessage } from '../rpc-message.js'
import { isRevision2026 } from '../rpc-message.js'
import { withIdempotencyKey, withShorterWait } from './idempotent-call.js'
import { MonotonicProgress } from './monotonic-progress.js'
import { Session2025 } from './session-2025.js'
import { Subscriptions2025, withSubscribe } from './subscriptions-2025.js'
import { subscribe } from './subscriptions-2026.js'

/** From the first failed attempt: with the default wait of 20 s, a response comes within the clients' 60 s. */
const PATIENCE_MS = 35_000
const RESPONSE_LIMIT_MS = 110_000

/** The pending calls of a stdio client, each forwarded on its own. */
export class StdioCalls {
  readonly #connection: DaemonConnection
  readonly #write: (message: RpcMessage) => void
  /** By the id of the request; a notification has none and is its own key. */
  readonly #controllers = new Map<unknown, AbortController>()
  /** Subscriptions, which end only when the client ends them. */
  readonly #listening = new Set<AbortController>()
  readonly #pending = new Set<Promise<void>>()
  readonly #session = new Session2025()
  readonly #subscriptions: Subscriptions2025

  constructor(connection: DaemonConnection, write: (message: RpcMessage) => void) {
    this.#connection = connection
    this.#write = write
    this.#subscriptions = new Subscriptions2025(connection, write)
  }

  /** Handles a message; a request that is not cancelled gets exactly one response, whatever happens. */
  handle(message: RpcMessage): void {
    if (message.method === 'notifications/cancelled') {
      // Over HTTP a request is cancelled by closing its connection.
      this.#controllers.get(message.params?.requestId)?.abort(new Error('cancelled by the client'))
      return
    }
    const work = this.#respond(message).finally(() => this.#pending.delete(work))
    this.#pending.add(work)
  }

  /** Waits up to `limitMs` for pending calls, then aborts them; subscriptions end at once. */
  async finish(limitMs: number): Promise<void> {
    const gone = new Error('the client has closed the connection')
    this.#subscriptions.close()
    for (const controller of this.#listening) controller.abort(gone)
    const timer = setTimeout(() => {
      for (const controller of this.#controllers.values()) controller.abort(gone)
    }, limitMs)
    await Promise.all(this.#pending)
    clearTimeout(timer)
  }

  async #respond(message: RpcMessage): Promise<void> {
    // The client's response to a request of the daemon has an id too, and gets no response.
    const id = message.method === undefined ? undefined : message.id
    const controller = new AbortController()
    const key = id ?? message
    this.#controllers.set(key, controller)
    try {
      const response = await this.#route(message, controller)
      if (response !== undefined && id !== undefined && !controller.signal.aborted) this.#write(response)
    } catch (error) {
      // MCP wants no response to a cancelled request.
      if (id !== undefined && !controller.signal.aborted) this.#write(failureResponse(message, id, error))
    } finally {
      if (this.#controllers.get(key) === controller) this.#controllers.delete(key)
      this.#listening.delete(controller)
    }
  }

  async #route(message: RpcMessage, controller: AbortController): Promise<RpcMessage | undefined> {
    const { signal } = controller
    const write = (sent: RpcMessage) => {
      if (!signal.aborted) this.#write(sent)
    }
    if (message.method === 'subscriptions/listen' && message.id !== undefined) {
      this.#listening.add(controller)
      return subscribe(this.#connection, message, { signal, write })
    }
    return this.#subscriptions.handle(message) ?? this.#forward(message, signal, write)
  }

  async #forward(
    message: RpcMessage,
    signal: AbortSignal,
    write: (message: RpcMessage) => void,
  ): Promise<RpcMessage | undefined> {
    const keyed = withIdempotencyKey(message)
    const progress = new MonotonicProgress()
    const openRequests = new Set<string | number>()
    const makeMessage = (elapsedMs: number) => {
      progress.restart()
      // A daemon that went away no longer waits for responses; the next one asks again.
      for (const requestId of openRequests) {
        write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } })
      }
      openRequests.clear()
      return withShorterWait(keyed, elapsedMs)
    }
    const response = await this.#connection.send(makeMessage, {
      repeatable: true,
      patienceMs: PATIENCE_MS,
      responseLimitMs: RESPONSE_LIMIT_MS,
      signal,
      headers: this.#session.headersFor(message),
      onHeaders: (headers) => this.#session.remember(message, headers),
      onMessage(received) {
        if (received.id !== undefined) openRequests.add(received.id)
        const adjusted = progress.adjust(received)
        if (adjusted !== undefined) write(adjusted)
      },
    })
    return message.method === 'initialize' ? withSubscribe(response) : response
  }
}

/** A failed tool call is a result that a model can read; other requests get a JSON-RPC error. */
function failureResponse(message: RpcMessage, id: string | number, error: unknown): RpcMessage {
  const code = error instanceof SpoolError ? error.code : 'internal'
  const sentence = error instanceof Error ? error.message : String(error)
  if (message.method !== 'tools/call') {
    return { jsonrpc: '2.0', id, error: { code: -32_000, message: sentence, data: { code } } }
  }
  const result = {
    isError: true,
    content: [{ type: 'text', text: sentence }],
    structuredContent: { code, message: sentence },
    ...(isRevision2026(message) ? { resultType: 'complete' } : {}),
  }
  return { jsonrpc: '2.0', id, result }
}
