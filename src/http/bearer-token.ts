import { createHash, timingSafeEqual } from 'node:crypto'
import type { HttpError } from './responses.js'

/** Who a token belongs to; the same words as in mcp/server.ts. */
export type TokenOwner = 'client' | 'operator'

export interface Tokens {
  /** Of MCP clients: the file `token` of the state directory. */
  client: string
  /** Of the command line: `operator_token` in daemon.json. */
  operator: string
}

const IN_URL = ['token', 'access_token', 'auth', 'authorization', 'api_key', 'apikey', 'key', 'bearer']

/**
 * Tells whose token a request carries, in a time that does not depend on how much of it is right. The tokens
 * themselves are not kept, only their hashes.
 */
export function bearerTokenValidator(
  tokens: Tokens,
): (request: TokenRequest) => { owner: TokenOwner } | { refusal: HttpError } {
  const client = sha256(tokens.client)
  const operator = sha256(tokens.operator)
  return ({ authorization, url }) => {
    if (IN_URL.some((name) => url.searchParams.has(name))) {
      return unauthorized(
        'A token in the URL ends up in logs; send it as the header Authorization: Bearer TOKEN',
      )
    }
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    if (given === undefined) {
      return unauthorized('The header Authorization: Bearer TOKEN is missing; spoold token prints the token')
    }
    const hash = sha256(given)
    const isClient = timingSafeEqual(hash, client)
    const isOperator = timingSafeEqual(hash, operator)
    if (isOperator) return { owner: 'operator' }
    if (isClient) return { owner: 'client' }
    return unauthorized('This token is not the one of this daemon; spoold token prints the right one')
  }
}

export interface TokenRequest {
  authorization: string | undefined
  url: URL
}

function unauthorized(message: string): { refusal: HttpError } {
  const headers = { 'www-authenticate': 'Bearer realm="spoold"' }
  return { refusal: { status: 401, code: 'unauthorized', message, headers } }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
