import { SpoolError } from '../../domain/errors.js'
import type { DaemonLink } from '../daemon-connection.js'
import { isModern } from '../headers-2026.js'
import type { RpcMessage } from '../rpc.js'
import { withIdempotencyKey, withShorterWait } from './idempotent-call.js'
import { RisingProgress } from './monotonic-progress.js'
import { LegacySession } from './session-2025.js'
import { LegacySubscriptions, withSubscribe } from './subscriptions-2025.js'
import { listen } from './subscriptions-2026.js'

/** From the moment a daemon is missed: with a wait of the usual 20 s, an answer comes within clients' 60 s. */
const PATIENCE_MS = 35_000
const ANSWER_LIMIT_MS = 110_000

/** The calls that a stdio client has under way, each forwarded on its own. */
export class BridgeCalls {
  readonly #link: DaemonLink
  readonly #write: (message: RpcMessage) => void
  /** By the request's id; a notification has none, so stands for itself. */
  readonly #cancels = new Map<unknown, AbortController>()
  /** Those of them that only end when the client wants it. */
  readonly #listening = new Set<AbortController>()
  readonly #pending = new Set<Promise<void>>()
  readonly #session = new LegacySession()
  readonly #subscriptions: LegacySubscriptions

  constructor(link: DaemonLink, write: (message: RpcMessage) => void) {
    this.#link = link
    this.#write = write
    this.#subscriptions = new LegacySubscriptions(link, write)
  }

  answer(message: RpcMessage): void {
    this.#write(message)
  }

  /** Takes a message; whatever happens, a request that is not cancelled gets exactly one answer. */
  take(message: RpcMessage): void {
    if (message.method === 'notifications/cancelled') {
      // Over HTTP a request is cancelled by closing its connection, and nothing else.
      this.#cancels.get(message.params?.requestId)?.abort(new Error('cancelled by the client'))
      return
    }
    const work = this.#serve(message).finally(() => this.#pending.delete(work))
    this.#pending.add(work)
  }

  /** Lets what is under way end within `limitMs`, then ends it; streams are ended at once. */
  async finish(limitMs: number): Promise<void> {
    const gone = new Error('the client has gone')
    this.#subscriptions.close()
    for (const controller of this.#listening) controller.abort(gone)
    const timer = setTimeout(() => {
      for (const controller of this.#cancels.values()) controller.abort(gone)
    }, limitMs)
    await Promise.all(this.#pending)
    clearTimeout(timer)
  }

  async #serve(message: RpcMessage): Promise<void> {
    // An answer of the client's to a question of the daemon's has an id too, and gets no answer.
    const id = message.method === undefined ? undefined : message.id
    const controller = new AbortController()
    const key = id ?? message
    this.#cancels.set(key, controller)
    try {
      const answer = await this.#answerTo(message, controller)
      if (answer !== undefined && id !== undefined && !controller.signal.aborted) this.#write(answer)
    } catch (error) {
      // The protocol wants no answer to a cancelled request.
      if (id !== undefined && !controller.signal.aborted) this.#write(failure(message, id, error))
    } finally {
      if (this.#cancels.get(key) === controller) this.#cancels.delete(key)
      this.#listening.delete(controller)
    }
  }

  async #answerTo(message: RpcMessage, controller: AbortController): Promise<RpcMessage | undefined> {
    const { signal } = controller
    const write = (told: RpcMessage) => {
      if (!signal.aborted) this.#write(told)
    }
    if (message.method === 'subscriptions/listen' && message.id !== undefined) {
      this.#listening.add(controller)
      return listen(this.#link, message, { signal, write })
    }
    return this.#subscriptions.take(message) ?? this.#forward(message, signal, write)
  }

  async #forward(
    message: RpcMessage,
    signal: AbortSignal,
    write: (message: RpcMessage) => void,
  ): Promise<RpcMessage | undefined> {
    const keyed = withIdempotencyKey(message)
    const progress = new RisingProgress()
    const questions = new Set<string | number>()
    const makeMessage = (elapsedMs: number) => {
      progress.begin()
      // A daemon that went away does not wait for the answers any more; the next one asks anew.
      for (const requestId of questions) {
        write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } })
      }
      questions.clear()
      return withShorterWait(keyed, elapsedMs)
    }
    const answer = await this.#link.send(makeMessage, {
      repeatable: true,
      patienceMs: PATIENCE_MS,
      answerLimitMs: ANSWER_LIMIT_MS,
      signal,
      headers: this.#session.headersFor(message),
      onHeaders: (headers) => this.#session.see(message, headers),
      onMessage(told) {
        if (told.id !== undefined) questions.add(told.id)
        const passed = progress.pass(told)
        if (passed !== undefined) write(passed)
      },
    })
    return message.method === 'initialize' ? withSubscribe(answer) : answer
  }
}

/** A failed tool call is an answer that a model can read; other requests get JSON-RPC's error. */
function failure(message: RpcMessage, id: string | number, error: unknown): RpcMessage {
  const code = error instanceof SpoolError ? error.code : 'internal'
  const sentence = error instanceof Error ? error.message : String(error)
  if (message.method !== 'tools/call') {
    return { jsonrpc: '2.0', id, error: { code: -32_000, message: sentence, data: { code } } }
  }
  const result = {
    isError: true,
    content: [{ type: 'text', text: sentence }],
    structuredContent: { code, message: sentence },
    ...(isModern(message) ? { resultType: 'complete' } : {}),
  }
  return { jsonrpc: '2.0', id, result }
}
