import type { ServerResponse } from 'node:http'
import type { ErrorCode } from '../domain/errors.js'

/** Why a request is not served, before any tool sees it. */
export interface Refusal {
  status: number
  code: ErrorCode
  /** One sentence that names the thing and the remedy. */
  message: string
  headers?: Record<string, string>
  /** JSON-RPC's own number; -32000 (the server's) without it. */
  rpcCode?: number
}

export function answerJson(
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
export function answerRefusal(response: ServerResponse, refusal: Refusal): void {
  const { status, code, message, headers, rpcCode = -32_000 } = refusal
  answerJson(
    response,
    status,
    { jsonrpc: '2.0', id: null, error: { code: rpcCode, message, data: { code } } },
    headers,
  )
}
