import type { IncomingHttpHeaders } from 'node:http'
import { isJsonContentType } from '@modelcontextprotocol/sdk/shared/mediaType.js'
import { describeValue } from '../domain/text.js'
import type { HttpError } from './responses.js'

const ANY_JSON = ['application/json', 'application/*', '*/*']

/**
 * Lets pass a request that brings JSON and takes JSON. MCP wants clients to accept text/event-stream as well; who
 * leaves that out, or says nothing, is served all the same, but told and asked nothing before the answer.
 */
export function validateMediaTypes(headers: IncomingHttpHeaders): HttpError | undefined {
  if (!isJsonContentType(headers['content-type'] ?? null)) {
    return {
      status: 415,
      code: 'malformed_request',
      message: `Content-Type must be application/json, got ${describeValue(headers['content-type'])}; send that header`,
    }
  }
  if (takesJson(headers.accept)) return undefined
  return {
    status: 406,
    code: 'malformed_request',
    message: `Answers are JSON, which Accept ${describeValue(headers.accept)} leaves out; send Accept: application/json, text/event-stream`,
  }
}

function takesJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return ANY_JSON.includes(type) && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}
