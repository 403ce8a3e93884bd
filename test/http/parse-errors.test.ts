import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { openTestServer, type TestServer, TOKENS } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'
import { waitFor } from '../helpers/wait-for.js'

/** Sends text over a socket, and resolves with everything received until the daemon closes it. */
function exchange(server: TestServer, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text))
    let received = ''
    socket.setEncoding('utf8')
    socket.on('data', (part) => {
      received += part
    })
    socket.on('error', reject)
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve(received))
  })
}

const GET = 'GET /health HTTP/1.1\r\n'
const BYE = 'connection: close\r\n\r\n'

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400, 'malformed_request'],
  ['an unknown method', `FOO /mcp HTTP/1.1\r\nhost: x\r\n${BYE}`, 400, 'malformed_request'],
  ['a bad header', `${GET}host : x\r\n${BYE}`, 400, 'malformed_request'],
  ['a bad length', `POST /mcp HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n${BYE}`, 400, 'malformed_request'],
  ['headers of 40 KB', `${GET}x: ${'y'.repeat(40_000)}\r\n${BYE}`, 431, 'request_too_large'],
  ['no Host', `${GET}${BYE}`, 403, 'forbidden'],
  ['an expectation', `${GET}host: x\r\nexpect: cake\r\n\r\n`, 417, 'malformed_request'],
  [
    'a proxy wanted',
    'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n',
    405,
    'method_not_allowed',
  ],
])('%s is refused as JSON', async (_, text, status, code) => {
  const server = await openTestServer(memoryService())
  const answer = await exchange(server, text)
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(head.toLowerCase()).toContain('content-type: application/json')
  expect(JSON.parse(body)).toMatchObject({ jsonrpc: '2.0', id: null, error: { data: { code } } })
  expect(JSON.parse(body).error.message).toMatch(/[,;] /)
  expect(server.logged).toEqual([])
})

test('garbage behind a request is not answered instead of it', async () => {
  const service = memoryService()
  const server = await openTestServer(service)
  const { task } = await service.start({ message: 'x' })
  const params = { name: 'kiro_task_status', arguments: { task_id: task.id, wait_ms: 50_000 } }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
  const head = [
    'POST /mcp HTTP/1.1',
    `host: 127.0.0.1:${server.port}`,
    `authorization: Bearer ${TOKENS.client}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
  ].join('\r\n')
  expect(await exchange(server, `${head}\r\n\r\n${body}garbage\r\n\r\n`)).toBe('')
  await waitFor('the end of the wait', () => service.waits.every((wait) => wait.aborted))
})
