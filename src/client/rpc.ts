import type { IncomingHttpHeaders } from 'node:http'
import { createParser } from 'eventsource-parser'
import { parseErrorCode, SpoolError } from '../domain/errors.js'
import { readBody, sendRequest } from './http-request.js'
import { headers2026, type RpcMessage } from './rpc-message.js'
import { TimeLimitExceeded } from './time-limit.js'

/** Where a daemon serves MCP, and the token for it. */
export interface Endpoint {
  url: string
  token: string
}

/** There was no response: nothing listens on the port, the connection broke, or the time limit passed. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
  /** False if the daemon cannot have seen the message. */
  readonly mayHaveArrived: boolean

  constructor(cause: unknown) {
    super('the connection to the daemon was lost', { cause })
    this.mayHaveArrived = systemCode(cause) !== 'ECONNREFUSED'
  }
}

export interface EventReader {
  /** Called whenever bytes arrive, even a comment that only keeps the connection alive. */
  onActivity?: (() => void) | undefined
  /** Receives the messages before the response, in order. */
  onMessage?: ((message: RpcMessage) => void) | undefined
}

export interface Exchange extends EventReader {
  /** Headers besides those of every message. */
  headers?: Readonly<Record<string, string>> | undefined
  onHeaders?: ((headers: IncomingHttpHeaders) => void) | undefined
}

/** With this status the daemon's SDK closes a request that it will not answer. */
const CLIENT_CLOSED_REQUEST = 499

/**
 * Posts one JSON-RPC message to /mcp and resolves to the response; undefined if there is none, as for a notification.
 * Messages before the response go to `exchange`. Throws ConnectionLost, the signal's reason, or a SpoolError for an HTTP
 * error (`unauthorized`, `forbidden`, `request_too_large`, …).
 */
export async function postMessage(
  endpoint: Endpoint,
  message: RpcMessage,
  signal: AbortSignal,
  exchange: Exchange = {},
): Promise<RpcMessage | undefined> {
  let status: number
  let body: string
  try {
    const response = await sendRequest(new URL(endpoint.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${endpoint.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers2026(message),
        ...exchange.headers,
      },
      body: JSON.stringify(message),
      signal,
    })
    status = response.statusCode ?? 0
    exchange.onHeaders?.(response.headers)
    const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true
    if (status === 200 && isStream) return await readEvents(response, message.id, exchange)
    body = await readBody(response)
  } catch (cause) {
    if (signal.aborted && !(signal.reason instanceof TimeLimitExceeded)) throw signal.reason
    throw new ConnectionLost(cause)
  }
  if (status === 202) return undefined
  const response = parse(body)
  if (response !== undefined && (status === 200 || isErrorResponse(response, message))) return response
  // A daemon that stops closes what it has not answered.
  if (status === CLIENT_CLOSED_REQUEST) throw new ConnectionLost(new Error('the daemon closed the request'))
  throw toSpoolError(status, response)
}

/**
 * Reads server-sent events, one JSON-RPC message each, up to the response to the request `id`. Throws if the stream
 * breaks or ends before it.
 */
export async function readEvents(
  body: AsyncIterable<Uint8Array>,
  id: RpcMessage['id'],
  { onActivity, onMessage }: EventReader,
): Promise<RpcMessage> {
  const responses: RpcMessage[] = []
  const parser = createParser({
    onEvent({ data }) {
      if (data === '' || responses.length > 0) return
      const message = JSON.parse(data) as RpcMessage
      if (message.method !== undefined) onMessage?.(message)
      else if (message.id === id) responses.push(message)
    },
  })
  const decoder = new TextDecoder()
  for await (const bytes of body) {
    onActivity?.()
    parser.feed(decoder.decode(bytes, { stream: true }))
    const [response] = responses
    if (response !== undefined) return response
  }
  throw new Error('the event stream ended before the response')
}

/** Revision 2026-07-28 gives many JSON-RPC errors an HTTP status of their own; they are responses all the same. */
function isErrorResponse(response: RpcMessage, request: RpcMessage): boolean {
  return response.error !== undefined && request.id !== undefined && response.id === request.id
}

function parse(body: string): RpcMessage | undefined {
  try {
    return JSON.parse(body) as RpcMessage
  } catch {
    return undefined
  }
}

function toSpoolError(status: number, response: RpcMessage | undefined): SpoolError {
  const data = response?.error?.data
  const code = typeof data === 'object' && data !== null && 'code' in data ? data.code : undefined
  const message = response?.error?.message ?? `The daemon responded with HTTP status ${status}`
  return new SpoolError(parseErrorCode(code), message)
}

function systemCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
