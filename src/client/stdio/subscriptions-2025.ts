import type { DaemonConnection } from '../daemon-connection.js'
import type { RpcMessage } from '../rpc-message.js'
import { ACKNOWLEDGED, subscribe } from './subscriptions-2026.js'

/** What a request of 2026-07-28 says about its client; these requests are our own. */
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}

const INVALID_PARAMS = -32_602

interface Subscription {
  controller: AbortController
  /** The daemon's acknowledgment, or its response instead. */
  started: Promise<RpcMessage | undefined>
}

/**
 * resources/subscribe and resources/unsubscribe of revisions up to 2025-11-25. They need a lasting connection, which
 * stdio is and HTTP is not; so this side keeps the client's subscriptions, and listens to each resource with a request
 * of 2026-07-28.
 */
export class Subscriptions2025 {
  readonly #connection: DaemonConnection
  readonly #write: (message: RpcMessage) => void
  readonly #byUri = new Map<string, Subscription>()

  constructor(connection: DaemonConnection, write: (message: RpcMessage) => void) {
    this.#connection = connection
    this.#write = write
  }

  /** Handles those two requests; undefined for every other message. Throws as DaemonConnection.send does. */
  handle({ id, method, params }: RpcMessage): Promise<RpcMessage> | undefined {
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
    const first = await known.started
    if (first?.error !== undefined) return { jsonrpc: '2.0', id, error: first.error }
    if (isAcknowledged(first, uri)) return { jsonrpc: '2.0', id, result: {} }
    this.#end(uri)
    const message = `Changes of ${uri} are not reported; read it again instead`
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
    const started = new Promise<RpcMessage | undefined>((resolve, reject) => {
      const write = (message: RpcMessage) => {
        if (message.method === ACKNOWLEDGED) resolve(message)
        else if (!controller.signal.aborted) this.#write(withoutStamp(message))
      }
      subscribe(this.#connection, request, { signal: controller.signal, write })
        .finally(() => {
          if (this.#byUri.get(uri)?.controller === controller) this.#byUri.delete(uri)
        })
        .then(resolve, reject)
    })
    return { controller, started: started }
  }

  #end(uri: string): void {
    this.#byUri.get(uri)?.controller.abort(new Error('the client has unsubscribed'))
    this.#byUri.delete(uri)
  }
}

/** The response to initialize with the subscribe capability that this side adds, if the daemon has resources. */
export function withSubscribe(response: RpcMessage | undefined): RpcMessage | undefined {
  const capabilities = { ...(response?.result?.capabilities as { resources?: object } | undefined) }
  if (response === undefined || capabilities.resources === undefined) return response
  const resources = { ...capabilities.resources, subscribe: true }
  return { ...response, result: { ...response.result, capabilities: { ...capabilities, resources } } }
}

function isAcknowledged(first: RpcMessage | undefined, uri: string): boolean {
  const { resourceSubscriptions: uris } = (first?.params?.notifications ?? {}) as Record<string, unknown>
  return Array.isArray(uris) && uris.includes(uri)
}

/** Without the subscription id, which those revisions do not have. */
function withoutStamp({ params = {}, ...message }: RpcMessage): RpcMessage {
  const { _meta, ...rest } = params
  return { ...message, params: rest }
}
