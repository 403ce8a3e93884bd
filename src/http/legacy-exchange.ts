import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js'
import { EventStream } from './event-stream.js'

/**
 * One POST of a client of 2025-11-25 or older, as a transport that serves nothing else: nothing is kept between two of
 * them. The answer is JSON, unless something is told before it (progress, a line of log); then it is a stream of
 * events, where the client takes one. When the client goes away the transport closes, which aborts what it waits for.
 *
 * The SDK's own transport decides between the two before it knows, and makes a web-standard request and response of
 * each message on the hot path of polls.
 */
export class LegacyExchange implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  readonly #response: ServerResponse
  readonly #takesStream: boolean
  /** Requests without an answer yet. */
  readonly #open = new Set<RequestId>()
  readonly #answers: JSONRPCMessage[] = []
  #isBatch = false
  #stream: EventStream | undefined

  constructor({ headers }: IncomingMessage, response: ServerResponse) {
    this.#response = response
    this.#takesStream = /text\/event-stream|\*\/\*/.test(headers.accept ?? '')
  }

  async start(): Promise<void> {
    this.#response.once('close', () => this.onclose?.())
  }

  /** Hands the messages of the body to the server. Those that are no requests are only acknowledged (202). */
  deliver(body: JSONRPCMessage | JSONRPCMessage[]): void {
    this.#isBatch = Array.isArray(body)
    const messages = Array.isArray(body) ? body : [body]
    for (const message of messages) if ('method' in message && 'id' in message) this.#open.add(message.id)
    if (this.#open.size === 0) this.#response.writeHead(202).end()
    for (const message of messages) this.onmessage?.(message)
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const isAnswer = 'result' in message || 'error' in message
    if (!isAnswer) return this.#tell(message, options)
    if (message.id === undefined || !this.#open.delete(message.id)) return
    if (this.#stream === undefined) this.#answers.push(message)
    else this.#stream.write(message)
    if (this.#open.size === 0) this.#end()
  }

  async close(): Promise<void> {
    this.onclose?.()
  }

  /** What belongs to no request has no stream to go on. */
  #tell(message: JSONRPCMessage, options?: TransportSendOptions): void {
    if (options?.relatedRequestId === undefined || !this.#takesStream || this.#open.size === 0) return
    if (this.#stream === undefined) {
      this.#stream = new EventStream(this.#response)
      for (const answer of this.#answers) this.#stream.write(answer)
    }
    this.#stream.write(message)
  }

  #end(): void {
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
