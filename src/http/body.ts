import type { IncomingMessage } from 'node:http'
import prettyBytes from 'pretty-bytes'
import { RPC } from '../domain/errors.js'
import { oneLine } from '../domain/text.js'
import type { HttpError } from './responses.js'

/**
 * Reads a request's body as JSON. A body over the limit is read on without keeping it, up to four times the limit, so
 * that the client can finish sending and sees the error instead of a broken connection; then the connection closes.
 * Rejects if the client goes away while it sends.
 */
export async function readJsonBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ body: unknown } | { error: HttpError }> {
  const tooLarge = { error: requestTooLarge(maxBytes) }
  if (Number(request.headers['content-length'] ?? 0) > 4 * maxBytes) return tooLarge
  let parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size <= maxBytes) parts.push(part)
    else parts = []
    if (size > 4 * maxBytes) break
  }
  if (size > maxBytes) return tooLarge
  try {
    return { body: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))) }
  } catch (error) {
    return { error: malformed(error) }
  }
}

function requestTooLarge(maxBytes: number): HttpError {
  const limit = prettyBytes(maxBytes, { binary: true })
  return {
    code: 'request_too_large',
    message: `The request is larger than ${limit}; put long material into a file that the agent reads`,
    headers: { connection: 'close' },
  }
}

function malformed(error: unknown): HttpError {
  const reason = error instanceof SyntaxError ? oneLine(error.message, 120) : 'it is not UTF-8'
  return {
    code: 'malformed_request',
    rpcCode: RPC.parse,
    message: `The body is not JSON (${reason}); send one JSON-RPC message`,
  }
}
