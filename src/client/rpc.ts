import type { IncomingHttpHeaders } from 'node:http'
import { SpoolError } from '../domain/errors.js'
import { toErrorCode } from './error-code.js'
import { modernHeaders } from './headers-2026.js'
import { exchangeHttp, readText } from './http-exchange.js'
import { type EventReader, readEvents } from './read-events.js'
import { TimeLimitExceeded } from './time-limit.js'

/** Where a daemon serves MCP, and with what right. */
export interface Endpoint {
  url: string
  token: string
}

/** No answer came: nobody listens there, the connection broke, or the time limit was over. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
  /** False where the daemon can not have seen the message. */
  readonly mayHaveArrived: boolean

  constructor(cause: unknown) {
    super('the connection to the daemon was lost', { cause })
    this.mayHaveArrived = systemCode(cause) !== 'ECONNREFUSED'
  }
}

/** One JSON-RPC message, told apart by what it has. */
export interface RpcMessage {
  jsonrpc: '2.0'
  id?: string | number
  method?: string
  params?: { [key: string]: unknown }
  result?: { [key: string]: unknown }
  error?: { code: number; message: string; data?: unknown }
}

export interface Exchange extends EventReader {
  /** Headers beyond those that every message has. */
  headers?: Readonly<Record<string, string>> | undefined
  onHeaders?: ((headers: IncomingHttpHeaders) => void) | undefined
}

/** The status of an answer of the daemon's SDK to a request that it let go of. */
const CLIENT_GONE = 499

/**
 * Sends one JSON-RPC message to /mcp and gives the answer; undefined where there is none, as for a notification. What
 * the daemon tells before it answers goes to `exchange`. Throws ConnectionLost, the signal's reason, or a SpoolError for
 * a refusal by HTTP (`unauthorized`, `forbidden`, `request_too_large`, …).
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
    const response = await exchangeHttp(new URL(endpoint.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${endpoint.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...modernHeaders(message),
        ...exchange.headers,
      },
      body: JSON.stringify(message),
      signal,
    })
    status = response.statusCode ?? 0
    exchange.onHeaders?.(response.headers)
    const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true
    if (status === 200 && isStream) return await readEvents(response, message.id, exchange)
    body = await readText(response)
  } catch (cause) {
    if (signal.aborted && !(signal.reason instanceof TimeLimitExceeded)) throw signal.reason
    throw new ConnectionLost(cause)
  }
  if (status === 202) return undefined
  const answer = parse(body)
  if (answer !== undefined && (status === 200 || isErrorAnswer(answer, message))) return answer
  // A daemon that stops let go of it.
  if (status === CLIENT_GONE) throw new ConnectionLost(new Error('the daemon answered nothing'))
  throw refusal(status, answer)
}

/** Revision 2026-07-28 gives many of JSON-RPC's errors an HTTP status of their own; they are answers all the same. */
function isErrorAnswer(answer: RpcMessage, request: RpcMessage): boolean {
  return answer.error !== undefined && request.id !== undefined && answer.id === request.id
}

function parse(body: string): RpcMessage | undefined {
  try {
    return JSON.parse(body) as RpcMessage
  } catch {
    return undefined
  }
}

function refusal(status: number, answer: RpcMessage | undefined): SpoolError {
  const data = answer?.error?.data
  const code = typeof data === 'object' && data !== null && 'code' in data ? data.code : undefined
  const message = answer?.error?.message ?? `The daemon answered with HTTP status ${status}`
  return new SpoolError(toErrorCode(code), message)
}

function systemCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
