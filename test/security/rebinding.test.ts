import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { openTestServer, type TestServer, TOKENS } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'

const LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'

/** Sends a call with a valid token and exactly these header lines, as no HTTP client would. Resolves with the status. */
function statusOf({ port }: TestServer, target: string, lines: string[]): Promise<number> {
  const head = [
    `POST ${target} HTTP/1.1`,
    ...lines,
    `authorization: Bearer ${TOKENS.client}`,
    'content-type: application/json',
    `content-length: ${LIST.length}`,
    'connection: close',
  ]
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head.join('\r\n')}\r\n\r\n${LIST}`))
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(Number(text.split(' ')[1])))
  })
}

/* What a web page sends through the user's browser if its foreign name was made to resolve to this machine. */

test.each([
  ...[
    'attacker.example:PORT',
    'localhost.attacker.example:PORT',
    '127.0.0.1.nip.example:PORT',
    'localhost.:PORT',
  ],
  ...[
    '127.0.0.1.:PORT',
    '0.0.0.0:PORT',
    '[::]:PORT',
    '[::ffff:127.0.0.1]:PORT',
    '[::1].attacker.example:PORT',
  ],
  ...[
    '2130706433:PORT',
    '0x7f.1:PORT',
    '127.1:PORT',
    'localhost@attacker.example:PORT',
    'attacker.example#localhost:PORT',
  ],
  ...[
    'localhost:PORT:PORT',
    'localhost:',
    'localhost',
    '[::1',
    'LOCALHOST\t.example:PORT',
    'ⅼocalhost:PORT',
    '',
  ],
])('the Host %j is rejected with 403', async (host) => {
  const service = memoryService()
  const server = await openTestServer(service)
  const status = await statusOf(server, '/mcp', [`host: ${host.replaceAll('PORT', String(server.port))}`])
  expect(status).toBe(403)
  expect(service.calls).toEqual([])
})

test.each(['LOCALHOST:PORT', '127.0.0.1:PORT', '[::1]:PORT', '127.9.9.9:PORT'])(
  'the Host %j is accepted',
  async (host) => {
    const server = await openTestServer(memoryService())
    expect(await statusOf(server, '/mcp', [`host: ${host.replace('PORT', String(server.port))}`])).toBe(200)
  },
)

test.each([
  ...[
    'null',
    'http://attacker.example:PORT',
    'https://attacker.example',
    'http://localhost.attacker.example',
  ],
  ...[
    'http://localhost.',
    'http://127.0.0.1.attacker.example',
    'https://localhost:PORT',
    'file://',
    'chrome-extension://x',
  ],
  ...['http://[::ffff:127.0.0.1]', 'localhost', 'http://', 'http://attacker.example, http://localhost', ''],
])('the Origin %j is rejected with 403', async (origin) => {
  const service = memoryService()
  const server = await openTestServer(service)
  const lines = [`host: 127.0.0.1:${server.port}`, `origin: ${origin.replace('PORT', String(server.port))}`]
  expect(await statusOf(server, '/mcp', lines)).toBe(403)
  expect(service.calls).toEqual([])
})

test.each([
  'http://attacker.example:PORT/mcp',
  'http://127.0.0.1:1/mcp',
  'http://localhost@attacker.example:PORT/mcp',
])('the target %j is rejected, whatever the Host', async (target) => {
  const server = await openTestServer(memoryService())
  const full = target.replace('PORT', String(server.port))
  expect(await statusOf(server, full, [`host: 127.0.0.1:${server.port}`])).toBe(403)
})

test('no response can be read by a page of another origin', async () => {
  const server = await openTestServer(memoryService())
  for (const path of ['/health', '/mcp', '/']) {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await fetch(`http://127.0.0.1:${server.port}${path}`, { method })
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
      expect(headers.get('content-type')).toBe('application/json')
    }
  }
})
