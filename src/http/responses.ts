import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '../domain/errors.js'

/** Why a request is not served, before any tool sees it. */
export interface HttpError {
  status: number
  code: ErrorCode
  /** One sentence that names the thing and the remedy. */
  message: string
  headers?: Record<string, string>
  /** JSON-RPC's own number; -32000 (the server's) without it. */
  rpcCode?: number
  /** Of the JSON-RPC message that is refused, where it could be read. */
  id?: string | number
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  })
  response.end(text)
}

/** Refusals are JSON-RPC errors (for MCP clients) that carry the code of the closed list in `data`. */
export function sendError(response: ServerResponse, refusal: HttpError): void {
  sendJson(response, refusal.status, toRpcError(refusal), refusal.headers)
}

/** The same for a request that Node's parser gave up, so that there is nothing but its socket to answer on. */
export function writeError(socket: Duplex, refusal: HttpError): void {
  const body = JSON.stringify(toRpcError(refusal))
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function toRpcError({ code, message, rpcCode = -32_000, id }: HttpError): object {
  return { jsonrpc: '2.0', id: id ?? null, error: { code: rpcCode, message, data: { code } } }
}
