import { isLoopback } from '../domain/loopback.js'
import { describeValue } from '../domain/text.js'
import type { HttpError } from './responses.js'

/** Lets pass requests that no web page sent, or one that was loaded from this machine over http. */
export function validateOrigin(header: string | undefined): HttpError | undefined {
  if (header === undefined || isLocal(header)) return undefined
  return {
    status: 403,
    code: 'forbidden',
    message: `Origin ${describeValue(header)} may not use spoold; only pages from http://localhost or http://127.0.0.1 may`,
  }
}

function isLocal(origin: string): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  return url !== undefined && url.protocol === 'http:' && isLoopback(url.hostname)
}
