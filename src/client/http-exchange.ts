import { type IncomingMessage, request } from 'node:http'

export interface HttpRequest {
  method: 'GET' | 'POST'
  headers?: Readonly<Record<string, string>>
  body?: string
  signal: AbortSignal
}

/**
 * One request over HTTP; resolves with the answer when its head is there, its body still to be read. Rejects as
 * `node:http` does, with the system's code where no answer came. Redirects are not followed. (Not `fetch`: loading it
 * takes a quick command a quarter of its time.)
 */
export function exchangeHttp(
  url: URL,
  { method, headers, body, signal }: HttpRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const asked = request(url, { method, headers: { ...headers, ...length }, signal }, resolve)
    asked.on('error', reject)
    asked.end(body)
  })
}

/** The rest of an answer, as text. */
export async function readText(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of answer) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
