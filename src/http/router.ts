import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HandleMcp } from '../mcp/http/endpoint.js'
import { type Tokens, tokenGuard } from './bearer-token.js'
import { readJsonBody } from './body.js'
import { guardHost } from './host-validation.js'
import { checkMedia } from './media-types.js'
import { guardOrigin } from './origin-validation.js'
import { answerJson, answerRefusal, type Refusal } from './responses.js'

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
  const whose = tokenGuard(routes.tokens)
  return async (port, request, response) => {
    const refusal = guardHost(request.headers.host, port) ?? guardOrigin(request.headers.origin)
    if (refusal !== undefined) return answerRefusal(response, refusal)
    const url = targetOf(request, port)
    if (url === undefined) return answerRefusal(response, BAD_TARGET)
    // A target in full names its own host, which counts then instead of the header.
    const elsewhere = guardHost(url.host, port)
    if (elsewhere !== undefined) return answerRefusal(response, elsewhere)
    if (url.pathname === '/health') return answerHealth(routes, request, response)
    if (url.pathname !== '/mcp') return answerRefusal(response, notFound(url))
    if (request.method !== 'POST') return answerRefusal(response, notAllowed(request, 'POST'))
    const token = whose({ authorization: request.headers.authorization, url })
    if ('refusal' in token) return answerRefusal(response, token.refusal)
    const wrongMedia = checkMedia(request.headers)
    if (wrongMedia !== undefined) return answerRefusal(response, wrongMedia)
    const read = await readJsonBody(request, routes.maxBodyBytes)
    if ('refusal' in read) return answerRefusal(response, read.refusal)
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
const BAD_TARGET: Refusal = {
  status: 400,
  code: 'malformed_request',
  message: 'The target of the request is no path; send POST /mcp',
}

function answerHealth(routes: Routes, request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET' || request.method === 'HEAD') answerJson(response, 200, routes.health())
  else answerRefusal(response, notAllowed(request, 'GET, HEAD'))
}

function notFound(url: URL): Refusal {
  return {
    status: 404,
    code: 'not_found',
    message: `There is nothing at ${url.pathname.slice(0, 200)}; MCP is at /mcp`,
  }
}

function notAllowed(request: IncomingMessage, allowed: string): Refusal {
  return {
    status: 405,
    code: 'method_not_allowed',
    message: `${request.method} is not served here, only ${allowed}; every answer comes with its POST`,
    headers: { allow: allowed },
  }
}
