import { createHash, timingSafeEqual } from 'node:crypto'
import type { Caller } from '../domain/service.js'
import type { HttpError } from './responses.js'

export interface Tokens {
  /** For MCP clients: the file `token` of the state directory. */
  client: string
  /** For the command line: `operator_token` in daemon.json. */
  operator: string
}

export interface TokenRequest {
  authorization: string | undefined
  url: URL
}

const QUERY_PARAMETERS = [
  'token',
  'access_token',
  'auth',
  'authorization',
  'api_key',
  'apikey',
  'key',
  'bearer',
]

/**
 * Tells whose token a request carries, in a time that does not depend on how much of it is right. Only hashes of the
 * tokens are kept.
 */
export function bearerTokenValidator(
  tokens: Tokens,
): (request: TokenRequest) => { caller: Caller } | { error: HttpError } {
  const client = sha256(tokens.client)
  const operator = sha256(tokens.operator)
  return ({ authorization, url }) => {
    if (QUERY_PARAMETERS.some((name) => url.searchParams.has(name))) {
      return unauthorized('A token in the URL ends up in logs; send the header Authorization: Bearer TOKEN')
    }
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) {
      return unauthorized('The header Authorization: Bearer TOKEN is missing; spoold token prints the token')
    }
    const hash = sha256(token)
    const isClient = timingSafeEqual(hash, client)
    const isOperator = timingSafeEqual(hash, operator)
    if (isOperator) return { caller: 'operator' }
    if (isClient) return { caller: 'client' }
    return unauthorized('This is not the token of this daemon; spoold token prints the right one')
  }
}

function unauthorized(message: string): { error: HttpError } {
  const headers = { 'www-authenticate': 'Bearer realm="spoold"' }
  return { error: { code: 'unauthorized', message, headers } }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
