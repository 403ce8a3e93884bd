import fc from 'fast-check'
import { oneLine } from '../../../src/domain/text.js'
import { anyJson, anyText } from './raw-json.js'

/** Bytes to send over a connection, in parts. */
export class RawRequest {
  readonly parts: readonly Uint8Array[]
  readonly isHead: boolean

  constructor(bytes: Uint8Array, cuts: readonly number[]) {
    const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
    this.parts = [0, ...places].map((place, index) => bytes.subarray(place, places[index]))
    this.isHead = Buffer.from(bytes.subarray(0, 5)).toString('latin1') === 'HEAD '
  }

  [fc.toStringMethod](): string {
    return oneLine(JSON.stringify(this.parts.map((part) => Buffer.from(part).toString('latin1'))), 2_000)
  }
}

export interface ServerAddress {
  port: number
  tokens: { client: string }
}

const LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'

const cuts = fc.oneof(
  { weight: 3, arbitrary: fc.constant<number[]>([]) },
  { weight: 1, arbitrary: fc.array(fc.nat(100_000), { maxLength: 6 }) },
)

const anyBody: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  anyJson.map(({ text }) => Buffer.from(text)),
  fc.constantFrom(LIST, `\ufeff${LIST}`, `${LIST}${LIST}`, '', '\0').map((text) => Buffer.from(text)),
  fc.constant(Buffer.from(LIST, 'utf16le')),
)

const target = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('/mcp', '/health', '/', '*', '/mcp?token=x', '//evil.example/mcp'),
  },
  { weight: 2, arbitrary: fc.webUrl() },
  // A target can contain any character except spaces and control characters.
  { weight: 3, arbitrary: fc.stringMatching(/^\/[!-~]{0,60}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('/../../etc/passwd', '/%2e%2e/', '/%00', '/mcp%2f', `/${'a'.repeat(8_000)}`),
  },
)

const method = fc.oneof(
  { weight: 6, arbitrary: fc.constant('POST') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Z!-]{1,12}$/) },
)

/** A header value: any bytes except control characters. */
const value = fc
  .oneof(
    fc.string({ maxLength: 80 }),
    anyText.map((text) => Buffer.from(text).toString('latin1')),
  )
  .map((text) => text.replace(/[^\x20-\x7e\x80-\xff]/g, ''))

const NAMES = [
  ...[
    'accept',
    'accept-encoding',
    'content-type',
    'content-encoding',
    'cookie',
    'expect',
    'origin',
    'referer',
  ],
  ...[
    'mcp-protocol-version',
    'mcp-session-id',
    'mcp-method',
    'mcp-name',
    'last-event-id',
    'upgrade',
    'range',
  ],
  ...[
    'x-forwarded-host',
    'x-forwarded-for',
    'forwarded',
    'authorization',
    'host',
    '__proto__',
    'constructor',
  ],
]

const header = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...NAMES) }, fc.stringMatching(/^[a-z_-]{1,20}$/)),
    value,
  )
  // framedRequest sets the headers that frame the message.
  .filter(([name]) => !['connection', 'content-length', 'transfer-encoding'].includes(name))
  .map(([name, content]) => `${name}: ${content}`)

/** A correctly framed request with random content, after whose response the daemon closes the connection. */
export function framedRequest({ port, tokens }: ServerAddress): fc.Arbitrary<RawRequest> {
  const usual = [
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${tokens.client}`,
    'content-type: application/json',
    'connection: close',
  ]
  const extra = fc.oneof(
    { weight: 1, arbitrary: fc.constant<string[]>([]) },
    fc.array(header, { maxLength: 3 }),
  )
  const sizes = fc.option(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), {
    nil: null,
  })
  return fc.tuple(method, target, extra, anyBody, sizes, cuts).map(([verb, path, more, body, chunks, at]) => {
    const framing = chunks === null ? `content-length: ${body.length}` : 'transfer-encoding: chunked'
    const head = [`${verb} ${path} HTTP/1.1`, ...usual, ...more, framing].join('\r\n')
    const framed = chunks === null ? body : inChunks(body, chunks)
    return new RawRequest(Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), framed]), at)
  })
}

function inChunks(body: Buffer, sizes: readonly number[]): Buffer {
  const parts: Buffer[] = []
  for (let place = 0, turn = 0; place < body.length; turn += 1) {
    // The last chunk contains the rest, so that a large body is not split into thousands of chunks.
    const size = turn < sizes.length ? (sizes[turn] ?? 1) : body.length - place
    const part = body.subarray(place, place + size)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
    place += size
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}

/** Bytes that are not a request, an almost valid request, or several requests of which some are damaged. */
export function brokenRequest(server: ServerAddress): fc.Arbitrary<RawRequest> {
  const post = (framing: string, body: string) =>
    Buffer.from(
      [
        'POST /mcp HTTP/1.1',
        `host: 127.0.0.1:${server.port}`,
        `authorization: Bearer ${server.tokens.client}`,
        'content-type: application/json',
        framing,
        '',
        body,
      ].join('\r\n'),
    )
  const whole = post(`content-length: ${LIST.length}`, LIST)
  const lengths = fc
    .oneof(
      fc.integer({ min: -5, max: 200 }).map(String),
      fc.constantFrom('1e3', '0x10', '+1', '', '99999999999999999999', '46, 46'),
    )
    .map((length) => post(`content-length: ${length}`, LIST))
  const chunks = fc
    .oneof(fc.stringMatching(/^[0-9a-fA-F;=x -]{0,8}$/), fc.constantFrom('ffffffffffffffff', '-1', 'g', '2e'))
    .map((size) => post('transfer-encoding: chunked', `${size}\r\n${LIST}\r\n0\r\n\r\n`))
  const both = fc
    .constantFrom('chunked', 'gzip, chunked', 'chunked, identity', 'xchunked', ' chunked')
    .map((coding) =>
      post(`content-length: 5\r\ntransfer-encoding: ${coding}`, `0\r\n\r\n${whole.toString()}`),
    )
  const damage = fc.record({
    at: fc.nat(400),
    remove: fc.nat(5),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 5 }),
      fc.constantFrom('\r\n', '\r', '\n', '\0', ':', ' ').map((text) => Buffer.from(text)),
    ),
  })
  const damaged = fc.array(damage, { minLength: 1, maxLength: 3 }).map((places) =>
    places.reduce((bytes, { at, remove, insert }) => {
      const place = at % (bytes.length + 1)
      return Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + remove)])
    }, whole),
  )
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(whole),
    fc.nat(whole.length).map((length) => whole.subarray(0, length)),
    lengths,
    chunks,
    both,
    damaged,
    fc
      .constantFrom(
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        '\x16\x03\x01\x02\x00\x01',
        'GET /health\r\n',
        '\r\n\r\n',
      )
      .map((text) => Buffer.from(text, 'latin1')),
    fc.constant(Buffer.from(`GET /health HTTP/1.1\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`)),
  )
  return fc
    .tuple(fc.array(piece, { minLength: 1, maxLength: 3 }), cuts)
    .map(([pieces, at]) => new RawRequest(Buffer.concat(pieces), at))
}
