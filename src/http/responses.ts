import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ERRORS, type ErrorCode, RPC } from '../domain/errors.js'

/** Why a request is refused before it reaches a tool. */
export interface HttpError {
  code: ErrorCode
  /** One sentence that names the problem and the remedy. */
  message: string
  /** If it is not the status of the code in the error table. */
  status?: number
  headers?: Record<string, string>
  /** If it is not -32000, JSON-RPC's number for errors of the server. */
  rpcCode?: number
  /** Id of the JSON-RPC message that is refused, if it could be read. */
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

/** Errors are JSON-RPC errors, for MCP clients, with the code of the closed list in `data`. */
export function sendError(response: ServerResponse, error: HttpError): void {
  sendJson(response, statusOf(error), toRpcError(error), error.headers)
}

/** The same for a request that Node's parser rejected, so that only its socket is left to respond on. */
export function writeError(socket: Duplex, error: HttpError): void {
  const status = statusOf(error)
  const body = JSON.stringify(toRpcError(error))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function statusOf({ code, status }: HttpError): number {
  return status ?? ERRORS[code].httpStatus ?? 500
}

function toRpcError({ code, message, rpcCode = RPC.server, id }: HttpError): object {
  return { jsonrpc: '2.0', id: id ?? null, error: { code: rpcCode, message, data: { code } } }
}
