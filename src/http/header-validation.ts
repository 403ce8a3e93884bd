import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../domain/loopback.js'
import { describeValue } from '../domain/text.js'
import type { HttpError } from './responses.js'

/**
 * Accepts only requests that name this machine and the bound port: a web page that makes a foreign name resolve to
 * 127.0.0.1 (DNS rebinding) still sends that name.
 */
export function validateHost(header: string | undefined, port: number): HttpError | undefined {
  const { name, port: namedPort } =
    /^(?<name>\[[^\]]*\]|[^:]*)(?::(?<port>\d+))?$/.exec(header ?? '')?.groups ?? {}
  if (name !== undefined && isLoopback(name) && Number(namedPort ?? 80) === port) return undefined
  return {
    code: 'forbidden',
    message: `Host ${describeValue(header ?? '')} is not served here; use http://127.0.0.1:${port}`,
  }
}

/** Accepts requests that no web page sent, or one that was loaded from this machine over http. */
export function validateOrigin(header: string | undefined): HttpError | undefined {
  if (header === undefined || isLocal(header)) return undefined
  return {
    code: 'forbidden',
    message: `Origin ${describeValue(header)} is not allowed; only pages from http://localhost or http://127.0.0.1 are`,
  }
}

/**
 * Accepts requests that send JSON and accept JSON. MCP requires clients to accept text/event-stream as well; a client
 * that does not is served all the same, but receives nothing before the result.
 */
export function validateMediaTypes(headers: IncomingHttpHeaders): HttpError | undefined {
  const contentType = headers['content-type']
  if (!/^application\/json(?:\s*;|$)/i.test(contentType?.trim() ?? '')) {
    return {
      status: 415,
      code: 'malformed_request',
      message: `Content-Type must be application/json, got ${describeValue(contentType)}`,
    }
  }
  if (acceptsJson(headers.accept)) return undefined
  return {
    status: 406,
    code: 'malformed_request',
    message: `Accept ${describeValue(headers.accept)} excludes JSON; send Accept: application/json, text/event-stream`,
  }
}

function isLocal(origin: string): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  return url !== undefined && url.protocol === 'http:' && isLoopback(url.hostname)
}

const JSON_RANGES = ['application/json', 'application/*', '*/*']

function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return JSON_RANGES.includes(type) && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}
