import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../domain/service.js'
import { bearerTokenValidator, type Tokens } from './bearer-token.js'
import { readJsonBody } from './body.js'
import { validateHost, validateMediaTypes, validateOrigin } from './header-validation.js'
import { type HttpError, sendError, sendJson } from './responses.js'

/** A POST to /mcp whose token and headers have been validated. */
export interface McpRequest {
  request: IncomingMessage
  response: ServerResponse
  body: unknown
  caller: Caller
}

export interface Routes {
  tokens: Tokens
  handleMcp(request: McpRequest): Promise<void>
  /** The body of GET /health; it is open, so nothing private. */
  health(): { status: string; version: string; pid: number }
  /** Largest body of a request, in bytes. */
  maxBodyBytes: number
}

/** Validates one request and passes it on. */
export function router(
  routes: Routes,
): (port: number, request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const validateToken = bearerTokenValidator(routes.tokens)
  return async (port, request, response) => {
    const { headers } = request
    const headerError = validateHost(headers.host, port) ?? validateOrigin(headers.origin)
    if (headerError !== undefined) return sendError(response, headerError)
    const url = targetOf(request, port)
    if (url === undefined) return sendError(response, BAD_TARGET)
    // A target in absolute form names its own host, which then counts instead of the header.
    const hostError = validateHost(url.host, port)
    if (hostError !== undefined) return sendError(response, hostError)
    if (url.pathname === '/health') return sendHealth(routes, request, response)
    if (url.pathname !== '/mcp') return sendError(response, notFound(url))
    if (request.method !== 'POST') return sendError(response, notAllowed(request, 'POST'))
    const token = validateToken({ authorization: headers.authorization, url })
    if ('error' in token) return sendError(response, token.error)
    const mediaError = validateMediaTypes(headers)
    if (mediaError !== undefined) return sendError(response, mediaError)
    const read = await readJsonBody(request, routes.maxBodyBytes)
    if ('error' in read) return sendError(response, read.error)
    await routes.handleMcp({ request, response, body: read.body, caller: token.caller })
  }
}

/** Undefined for a target that is neither a path nor an http URL. */
function targetOf(request: IncomingMessage, port: number): URL | undefined {
  const target = request.url ?? ''
  // Joined as text, because `//name/mcp` resolved against a base would be a path of the host `name`.
  const url = target.startsWith('/') ? `http://127.0.0.1:${port}${target}` : target
  return url.startsWith('http://') && URL.canParse(url) ? new URL(url) : undefined
}

/** The target may hold a token, so nothing of it is repeated. */
const BAD_TARGET: HttpError = {
  code: 'malformed_request',
  message: 'The target of the request is not a path; send POST /mcp',
}

function sendHealth(routes: Routes, request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET' || request.method === 'HEAD') sendJson(response, 200, routes.health())
  else sendError(response, notAllowed(request, 'GET, HEAD'))
}

function notFound(url: URL): HttpError {
  return { code: 'not_found', message: `There is nothing at ${url.pathname.slice(0, 200)}; MCP is at /mcp` }
}

function notAllowed(request: IncomingMessage, allowed: string): HttpError {
  return {
    code: 'method_not_allowed',
    message: `${request.method} is not allowed here, only ${allowed}; every result comes with its POST`,
    headers: { allow: allowed },
  }
}
