/** One HTTP/1.1 response. */
export interface RawResponse {
  status: number
  headers: Record<string, string>
  body: string
}

/** Parses the bytes received over a connection. Throws unless they are a sequence of complete responses. */
export function readResponses(bytes: Buffer, isHead: boolean): RawResponse[] {
  const responses: RawResponse[] = []
  for (let rest = bytes; rest.length > 0; ) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) throw new Error(`no response header: ${rest.toString('latin1').slice(0, 500)}`)
    const [line = '', ...fields] = rest.subarray(0, end).toString('latin1').split('\r\n')
    const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) [ -~]+$/.exec(line)?.[1])
    if (Number.isNaN(status)) throw new Error(`no status line: ${line}`)
    const headers = Object.fromEntries(fields.map(readField))
    const { body, length } = bodyOf(rest.subarray(end + 4), headers, status < 200 || isHead)
    responses.push({ status, headers, body })
    rest = rest.subarray(end + 4 + length)
  }
  return responses
}

function readField(field: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+): ?([\t -~]*)$/.exec(field) ?? []
  if (name === undefined || value === undefined) throw new Error(`no header: ${field}`)
  return [name.toLowerCase(), value]
}

function bodyOf(bytes: Buffer, headers: Record<string, string>, hasNone: boolean) {
  if (hasNone) return { body: '', length: 0 }
  if (headers['transfer-encoding'] === 'chunked') return chunkedBody(bytes)
  const length = Number(headers['content-length'] ?? 0)
  if (bytes.length < length) throw new Error(`a body of ${bytes.length} bytes instead of ${length}`)
  return { body: bytes.subarray(0, length).toString(), length }
}

function chunkedBody(bytes: Buffer) {
  const parts: Buffer[] = []
  for (let place = 0; ; ) {
    const end = bytes.indexOf('\r\n', place)
    const size = Number.parseInt(bytes.subarray(place, end).toString('latin1'), 16)
    if (end < 0 || Number.isNaN(size)) throw new Error('an incomplete chunked body')
    place = end + 2 + size + 2
    if (size === 0) return { body: Buffer.concat(parts).toString(), length: place }
    parts.push(bytes.subarray(end + 2, end + 2 + size))
  }
}
