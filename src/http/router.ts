import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HandleMcp } from '../mcp/http/endpoint.js'
import { bearerTokenValidator, type Tokens } from './bearer-token.js'
import { readJsonBody } from './body.js'
import { validateHost } from './host-validation.js'
import { validateMediaTypes } from './media-types.js'
import { validateOrigin } from './origin-validation.js'
import { type HttpError, sendError, sendJson } from './responses.js'

export interface Routes {
  tokens: Tokens
  handleMcp: HandleMcp
  /** What GET /health tells; it is open, so nothing that is private. */
  health: () => { status: string; version: string; pid: number }
  /** Largest body of a request, in bytes. */
  maxBodyBytes: number
}

/** Takes one request through the guards to what serves it. */
export function router(
  routes: Routes,
): (port: number, request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const whose = bearerTokenValidator(routes.tokens)
  return async (port, request, response) => {
    const refusal = validateHost(request.headers.host, port) ?? validateOrigin(request.headers.origin)
    if (refusal !== undefined) return sendError(response, refusal)
    const url = targetOf(request, port)
    if (url === undefined) return sendError(response, BAD_TARGET)
    // A target in full names its own host, which counts then instead of the header.
    const elsewhere = validateHost(url.host, port)
    if (elsewhere !== undefined) return sendError(response, elsewhere)
    if (url.pathname === '/health') return answerHealth(routes, request, response)
    if (url.pathname !== '/mcp') return sendError(response, notFound(url))
    if (request.method !== 'POST') return sendError(response, notAllowed(request, 'POST'))
    const token = whose({ authorization: request.headers.authorization, url })
    if ('refusal' in token) return sendError(response, token.refusal)
    const wrongMedia = validateMediaTypes(request.headers)
    if (wrongMedia !== undefined) return sendError(response, wrongMedia)
    const read = await readJsonBody(request, routes.maxBodyBytes)
    if ('refusal' in read) return sendError(response, read.refusal)
    await routes.handleMcp({ request, response, body: read.body, caller: token.owner })
  }
}

/** Where a request goes; undefined for a target that is no path and no URL of http. */
function targetOf(request: IncomingMessage, port: number): URL | undefined {
  const target = request.url ?? ''
  // Put together as text, because `//name/mcp` resolved against a base would be a path of the host `name`.
  const url = target.startsWith('/') ? `http://127.0.0.1:${port}${target}` : target
  return url.startsWith('http://') && URL.canParse(url) ? new URL(url) : undefined
}

/** It may hold a token, so nothing of it is repeated. */
const BAD_TARGET: HttpError = {
  status: 400,
  code: 'malformed_request',
  message: 'The target of the request is no path; send POST /mcp',
}

function answerHealth(routes: Routes, request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET' || request.method === 'HEAD') sendJson(response, 200, routes.health())
  else sendError(response, notAllowed(request, 'GET, HEAD'))
}

function notFound(url: URL): HttpError {
  return {
    status: 404,
    code: 'not_found',
    message: `There is nothing at ${url.pathname.slice(0, 200)}; MCP is at /mcp`,
  }
}

function notAllowed(request: IncomingMessage, allowed: string): HttpError {
  return {
    status: 405,
    code: 'method_not_allowed',
    message: `${request.method} is not served here, only ${allowed}; every answer comes with its POST`,
    headers: { allow: allowed },
  }
}
