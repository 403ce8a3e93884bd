import type { DaemonLink } from '../daemon-connection.js'
import type { RpcMessage } from '../rpc.js'
import { ACKNOWLEDGED, listen } from './subscriptions-2026.js'

/** What a request of 2026-07-28 tells of itself; the bridge asks in its own name. */
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}

const INVALID_PARAMS = -32_602

interface Subscription {
  controller: AbortController
  /** The daemon's acknowledgment, or the answer that it gave instead. */
  begun: Promise<RpcMessage | undefined>
}

/**
 * resources/subscribe and resources/unsubscribe of revisions up to 2025-11-25. They belong to a connection that lasts,
 * which over HTTP none is; standard input and output are one, so the bridge keeps what its client has subscribed to,
 * and listens to each resource with a request of 2026-07-28.
 */
export class LegacySubscriptions {
  readonly #link: DaemonLink
  readonly #write: (message: RpcMessage) => void
  readonly #byUri = new Map<string, Subscription>()

  constructor(link: DaemonLink, write: (message: RpcMessage) => void) {
    this.#link = link
    this.#write = write
  }

  /** Answers what is for it; undefined for every other message. Throws as DaemonLink.send. */
  take({ id, method, params }: RpcMessage): Promise<RpcMessage> | undefined {
    const uri = params?.uri
    if (id === undefined || typeof uri !== 'string') return undefined
    if (method === 'resources/subscribe') return this.#subscribe(id, uri)
    return method === 'resources/unsubscribe' ? this.#unsubscribe(id, uri) : undefined
  }

  close(): void {
    for (const uri of this.#byUri.keys()) this.#end(uri)
  }

  async #subscribe(id: string | number, uri: string): Promise<RpcMessage> {
    const known = this.#byUri.get(uri) ?? this.#begin(uri)
    this.#byUri.set(uri, known)
    const first = await known.begun
    if (first?.error !== undefined) return { jsonrpc: '2.0', id, error: first.error }
    if (isHonoured(first, uri)) return { jsonrpc: '2.0', id, result: {} }
    this.#end(uri)
    const message = `Changes of ${uri} are not told here; read it again instead`
    return { jsonrpc: '2.0', id, error: { code: INVALID_PARAMS, message, data: { code: 'invalid_input' } } }
  }

  async #unsubscribe(id: string | number, uri: string): Promise<RpcMessage> {
    this.#end(uri)
    return { jsonrpc: '2.0', id, result: {} }
  }

  #begin(uri: string): Subscription {
    const controller = new AbortController()
    const params = { _meta: ENVELOPE, notifications: { resourceSubscriptions: [uri] } }
    const request = { jsonrpc: '2.0' as const, id: uri, method: 'subscriptions/listen', params }
    const begun = new Promise<RpcMessage | undefined>((resolve, reject) => {
      const write = (message: RpcMessage) => {
        if (message.method === ACKNOWLEDGED) resolve(message)
        else if (!controller.signal.aborted) this.#write(asBefore(message))
      }
      listen(this.#link, request, { signal: controller.signal, write })
        .finally(() => {
          if (this.#byUri.get(uri)?.controller === controller) this.#byUri.delete(uri)
        })
        .then(resolve, reject)
    })
    return { controller, begun }
  }

  #end(uri: string): void {
    this.#byUri.get(uri)?.controller.abort(new Error('the client wants no more of it'))
    this.#byUri.delete(uri)
  }
}

/** The answer to initialize, with the capability that the bridge adds where the daemon offers resources. */
export function withSubscribe(answer: RpcMessage | undefined): RpcMessage | undefined {
  const capabilities = { ...(answer?.result?.capabilities as { resources?: object } | undefined) }
  if (answer === undefined || capabilities.resources === undefined) return answer
  const resources = { ...capabilities.resources, subscribe: true }
  return { ...answer, result: { ...answer.result, capabilities: { ...capabilities, resources } } }
}

function isHonoured(first: RpcMessage | undefined, uri: string): boolean {
  const { resourceSubscriptions: uris } = (first?.params?.notifications ?? {}) as Record<string, unknown>
  return Array.isArray(uris) && uris.includes(uri)
}

/** Without the mark of the subscription, which those revisions do not know. */
function asBefore({ params = {}, ...message }: RpcMessage): RpcMessage {
  const { _meta, ...rest } = params
  return { ...message, params: rest }
}
