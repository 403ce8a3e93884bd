import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JSONRPCMessage, RequestId, Transport, TransportSendOptions } from '@modelcontextprotocol/server'
import { RPC } from '../../domain/errors.js'
import type { ClientRequests } from './client-requests.js'
import { EventStream } from './event-stream.js'

/** Longer than any poll waits. Clients give up a request after 5 min without a byte. */
const SILENCE_MS = 55_000

type Request = Extract<JSONRPCMessage, { method: string; id: RequestId }>
type Notification = Exclude<Extract<JSONRPCMessage, { method: string }>, Request>

/**
 * One POST of a client of 2025-11-25 or older, as a transport for one exchange. The response is JSON unless something
 * is sent before the result (progress, a log message, a request to the user); then it is an event stream, if the client
 * accepts one. When the client goes away the transport closes, which aborts what the exchange waits for.
 *
 * The SDK's own transport decides between the two before it can know, and builds web-standard requests and responses
 * for every message on the hot path of polls.
 */
export class ExchangeTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  /** Messages can be sent before the result. */
  readonly acceptsStream: boolean
  readonly #response: ServerResponse
  readonly #requests: ClientRequests
  /** Requests of the client that have no result yet. */
  readonly #pending = new Set<RequestId>()
  /** Our requests to the client: the SDK's id → the id that was sent. */
  readonly #sentRequests = new Map<RequestId, RequestId>()
  readonly #results: JSONRPCMessage[] = []
  #isBatch = false
  #stream: EventStream | undefined
  #silence: NodeJS.Timeout | undefined

  /** The session id goes out with the response; see session-id.ts. */
  constructor(
    { headers }: IncomingMessage,
    response: ServerResponse,
    { requests, sessionId }: { requests: ClientRequests; sessionId?: string | undefined },
  ) {
    this.#response = response
    this.#requests = requests
    this.acceptsStream = /text\/event-stream/.test(headers.accept ?? '')
    if (sessionId !== undefined) response.setHeader('mcp-session-id', sessionId)
  }

  async start(): Promise<void> {
    this.#response.once('close', () => void this.close())
  }

  /** Passes the messages of the body to the server. A body without requests is only acknowledged (202). */
  deliver(messages: readonly JSONRPCMessage[], { isBatch }: { isBatch: boolean }): void {
    this.#isBatch = isBatch
    for (const message of messages) if (isRequest(message)) this.#pending.add(message.id)
    if (this.#pending.size === 0) this.#response.writeHead(202).end()
    else if (this.acceptsStream) this.#silence = setTimeout(() => this.#openStream(), SILENCE_MS)
    for (const message of messages) {
      if (!('method' in message)) this.#requests.resolve(message)
      else {
        this.onmessage?.(message)
        if (message.method === 'notifications/cancelled') this.#cancel(message.params?.requestId as RequestId)
      }
    }
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (isRequest(message)) this.#sendRequest(message, options)
    else if ('method' in message) this.#streamFor(options)?.write(this.#withSentId(message))
    else this.#sendResult(message)
  }

  async close(): Promise<void> {
    clearTimeout(this.#silence)
    // The SDK raises an error for everything that still waits.
    if (this.#pending.size > 0 || this.#sentRequests.size > 0) this.onclose?.()
    this.#requests.remove(this.#sentRequests.values())
    this.#sentRequests.clear()
  }

  #sendResult(message: Exclude<JSONRPCMessage, { method: string }>): void {
    if (message.id === undefined || !this.#pending.delete(message.id)) return
    const result = withOldNotFoundCode(message)
    if (this.#stream === undefined) this.#results.push(result)
    else this.#stream.write(result)
    if (this.#pending.size === 0) this.#end()
  }

  #sendRequest(message: Request, options?: TransportSendOptions): void {
    const stream = this.#streamFor(options)
    if (stream === undefined) throw new Error('the client accepts no stream, so nothing can be requested')
    const request = this.#requests.add(message, (response) => this.onmessage?.(response))
    this.#sentRequests.set(message.id, request.id)
    stream.write(request)
  }

  /** A request that is cancelled within its own batch gets no result. */
  #cancel(id: RequestId): void {
    if (!this.#pending.delete(id) || this.#pending.size > 0) return
    if (this.#stream === undefined && this.#results.length === 0) this.#response.writeHead(202).end()
    else this.#end()
  }

  /** The cancellation of a request names it by the id under which it was sent. */
  #withSentId(message: Notification): JSONRPCMessage {
    const sent = this.#sentRequests.get(message.params?.requestId as RequestId)
    if (message.method !== 'notifications/cancelled' || sent === undefined) return message
    return { ...message, params: { ...message.params, requestId: sent } }
  }

  /** Undefined for a message that belongs to no pending request, and if the client accepts no stream. */
  #streamFor(options?: TransportSendOptions): EventStream | undefined {
    if (options?.relatedRequestId === undefined || !this.acceptsStream || this.#pending.size === 0)
      return undefined
    return this.#openStream()
  }

  #openStream(): EventStream {
    if (this.#stream === undefined) {
      this.#stream = new EventStream(this.#response)
      for (const result of this.#results) this.#stream.write(result)
    }
    return this.#stream
  }

  #end(): void {
    clearTimeout(this.#silence)
    if (this.#stream !== undefined) {
      this.#stream.end()
      return
    }
    const body = this.#isBatch ? this.#results : this.#results[0]
    const text = JSON.stringify(body)
    this.#response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    })
    this.#response.end(text)
  }
}

function isRequest(message: JSONRPCMessage): message is Request {
  return 'method' in message && 'id' in message
}

/** Up to 2025-11-25 a missing resource has a code of its own, which the SDK replaces by that of 2026-07-28. */
function withOldNotFoundCode(message: Exclude<JSONRPCMessage, { method: string }>): JSONRPCMessage {
  if (!('error' in message)) return message
  const { data } = message.error as { data?: { code?: unknown; uri?: unknown } }
  if (data?.code !== 'not_found' || typeof data.uri !== 'string') return message
  return { ...message, error: { ...message.error, code: RPC.resourceNotFound } }
}
