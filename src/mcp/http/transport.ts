import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js'
import type { LegacyRequests } from './client-requests.js'
import { EventStream } from './event-stream.js'

/** Longer than any poll waits. Clients give up a request of which they have heard nothing for 5 min. */
const SILENCE_MS = 55_000

/**
 * One POST of a client of 2025-11-25 or older, as a transport that serves nothing else: nothing is kept between two of
 * them. The answer is JSON, unless something is told or asked before it (progress, a line of log, a question for the
 * user); then it is a stream of events, where the client takes one. When the client goes away the transport closes,
 * which aborts what it waits for.
 *
 * The SDK's own transport decides between the two before it knows, and makes a web-standard request and response of
 * each message on the hot path of polls.
 */
export class LegacyExchange implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  readonly #response: ServerResponse
  /** Something can be told and asked before the answer. */
  readonly takesStream: boolean
  readonly #requests: LegacyRequests
  /** Requests of the client without an answer yet. */
  readonly #open = new Set<RequestId>()
  /** Requests that were put to the client. */
  readonly #asked = new Map<RequestId, RequestId>()
  readonly #answers: JSONRPCMessage[] = []
  #isBatch = false
  #stream: EventStream | undefined
  #silence: NodeJS.Timeout | undefined

  /** The session id goes out with the answer, see mcp/http/session-id.ts. */
  constructor(
    { headers }: IncomingMessage,
    response: ServerResponse,
    { requests, sessionId }: { requests: LegacyRequests; sessionId?: string | undefined },
  ) {
    this.#response = response
    this.#requests = requests
    this.takesStream = /text\/event-stream/.test(headers.accept ?? '')
    if (sessionId !== undefined) response.setHeader('mcp-session-id', sessionId)
  }

  async start(): Promise<void> {
    this.#response.once('close', () => void this.close())
  }

  /** Hands the messages of the body to the server. Those that are no requests are only acknowledged (202). */
  deliver(body: JSONRPCMessage | JSONRPCMessage[]): void {
    this.#isBatch = Array.isArray(body)
    const messages = Array.isArray(body) ? body : [body]
    for (const message of messages) if ('method' in message && 'id' in message) this.#open.add(message.id)
    if (this.#open.size === 0) this.#response.writeHead(202).end()
    else if (this.takesStream) this.#silence = setTimeout(() => this.#openStream(), SILENCE_MS)
    for (const message of messages) {
      if (!('method' in message)) this.#requests.answer(message)
      else {
        this.onmessage?.(message)
        if (message.method === 'notifications/cancelled') this.#drop(message.params?.requestId as RequestId)
      }
    }
  }

  /** A request that is taken back in the same list gets no answer. */
  #drop(id: RequestId): void {
    if (!this.#open.delete(id) || this.#open.size > 0) return
    if (this.#stream === undefined && this.#answers.length === 0) this.#response.writeHead(202).end()
    else this.#end()
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if ('method' in message) {
      if ('id' in message) this.#ask(message, options)
      else this.#streamFor(options)?.write(this.#readdressed(message))
      return
    }
    if (message.id === undefined || !this.#open.delete(message.id)) return
    if (this.#stream === undefined) this.#answers.push(message)
    else this.#stream.write(message)
    if (this.#open.size === 0) this.#end()
  }

  async close(): Promise<void> {
    clearTimeout(this.#silence)
    // The SDK makes an error, for those who still wait for something, of each close.
    if (this.#open.size > 0 || this.#asked.size > 0) this.onclose?.()
    this.#requests.forget(this.#asked.values())
    this.#asked.clear()
  }

  #ask(message: Extract<JSONRPCMessage, { method: string; id: RequestId }>, options?: TransportSendOptions) {
    const stream = this.#streamFor(options)
    if (stream === undefined) throw new Error('the client takes no stream, so it cannot be asked anything')
    const request = this.#requests.add(message, (answer) => this.onmessage?.(answer))
    this.#asked.set(message.id, request.id)
    stream.write(request)
  }

  /** A request that is taken back was asked under another id. */
  #readdressed(message: Extract<JSONRPCMessage, { method: string }>): JSONRPCMessage {
    const asked = this.#asked.get(message.params?.requestId as RequestId)
    if (message.method !== 'notifications/cancelled' || asked === undefined) return message
    return { ...message, params: { ...message.params, requestId: asked } }
  }

  /** What belongs to no request that is open has no stream to go on; neither has what a client takes none for. */
  #streamFor(options?: TransportSendOptions): EventStream | undefined {
    if (options?.relatedRequestId === undefined || !this.takesStream || this.#open.size === 0)
      return undefined
    return this.#openStream()
  }

  #openStream(): EventStream {
    if (this.#stream === undefined) {
      this.#stream = new EventStream(this.#response)
      for (const answer of this.#answers) this.#stream.write(answer)
    }
    return this.#stream
  }

  #end(): void {
    clearTimeout(this.#silence)
    if (this.#stream !== undefined) {
      this.#stream.end()
      return
    }
    const body = this.#isBatch ? this.#answers : this.#answers[0]
    const text = JSON.stringify(body)
    this.#response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    })
    this.#response.end(text)
  }
}
