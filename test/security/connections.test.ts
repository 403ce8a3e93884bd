import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { MAX_CONNECTIONS } from '../../src/http/connection-limit.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { openTestServer, type TestServer } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'
import { postJson } from '../helpers/post-json.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' }

const CROWDED = new RegExp(
  `^HTTP/1.1 503 Service Unavailable\r\n.*More than ${MAX_CONNECTIONS} connections are open; close some, then try again`,
  's',
)

interface Connection {
  socket: Socket
  text(): string
  isClosed(): boolean
}

function open(port: number, sent = ''): Connection {
  const socket = connect(port, '127.0.0.1', () => socket.write(sent))
  onTestFinished(() => void socket.destroy())
  let text = ''
  let isClosed = false
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
  })
  return { socket, text: () => text, isClosed: () => isClosed }
}

/** A server whose timeouts are a hundredth of the real ones, so that the test takes seconds. */
async function openServerWithShortTimeouts(): Promise<TestServer> {
  const { createServer } = http
  onTestFinished(() => {
    http.createServer = createServer
    syncBuiltinESMExports()
  })
  http.createServer = ((options: http.ServerOptions, listener: http.RequestListener) => {
    const { headersTimeout = 0, requestTimeout = 0, keepAliveTimeout = 0 } = options
    const times = {
      headersTimeout: headersTimeout / 100,
      requestTimeout: requestTimeout / 100,
      keepAliveTimeout: keepAliveTimeout / 100,
      connectionsCheckingInterval: 50,
    }
    expect(Object.values(times).every((time) => time > 0 && time <= 1_200)).toBe(true)
    return createServer({ ...options, ...times }, listener)
  }) as typeof createServer
  syncBuiltinESMExports()
  return openTestServer(memoryService())
}

const SLOW = {
  'sends nothing': '',
  'sends its headers slowly': 'POST /mcp HTTP/1.1\r\nhost: x\r\n',
  'sends its body slowly': (port: number) =>
    `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer client-token-of-the-test\r\n` +
    'content-type: application/json\r\ncontent-length: 1000000\r\n\r\n{',
  'sends the body of a rejected request slowly': (port: number) =>
    `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: 1000000\r\n\r\n{`,
}

test.each(Object.entries(SLOW))(
  'a client that %s is disconnected, and does not hold up others',
  async (_, sent) => {
    const server = await openServerWithShortTimeouts()
    const connections = Array.from({ length: 20 }, () =>
      open(server.port, typeof sent === 'string' ? sent : sent(server.port)),
    )
    const drip = setInterval(() => {
      for (const { socket } of connections) if (sent !== '' && socket.writable) socket.write('x')
    }, 20)
    onTestFinished(() => clearInterval(drip))
    expect((await postJson(server.url, LIST)).status).toBe(200)
    await waitFor('all connections to be closed', () =>
      connections.every((connection) => connection.isClosed()),
    )
    expect((await postJson(server.url, LIST)).status).toBe(200)
    expect(server.logged).toEqual([])
  },
)

test('too many connections: the oldest one without a token is closed with a message, or else the newest client', async () => {
  const { file } = await startDaemonProcess({ stateDirectory: tempState() })
  const port = Number(new URL(file.url).port)
  const connections: Connection[] = []
  for (let count = 0; count < MAX_CONNECTIONS; count += 1) connections.push(open(port))
  await waitFor('all connections to be open', () =>
    connections.every(({ socket }) => socket.readyState === 'open'),
  )
  const authorization = `Bearer ${file.operator_token}`
  const connection = 'close'
  const [first, ...others] = connections
  expect((await postJson(file.url, LIST, { authorization, connection })).status).toBe(200)
  await waitFor('the end of the oldest', () => first?.isClosed())
  expect(first?.text()).toMatch(CROWDED)
  expect(others.filter((connection) => connection.isClosed())).toEqual([])

  const ping = JSON.stringify({ ...LIST, method: 'ping' })
  const head = `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: ${authorization}\r\n`
  const request = `${head}content-type: application/json\r\ncontent-length: ${ping.length}\r\n\r\n${ping}`
  const clients = [...others, open(port)]
  for (const { socket } of clients) socket.write(request)
  await waitFor('all connections to be clients', () =>
    clients.every((connection) => connection.text().includes('200 OK')),
  )
  const late = open(port, request)
  await waitFor('the end of the newest', () => late.isClosed())
  expect(late.text()).toMatch(CROWDED)
  expect(clients.filter((connection) => connection.isClosed())).toEqual([])
})

test('huge headers and bodies without a token are rejected before they are read', async () => {
  const server = await openTestServer(memoryService())
  const head = `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nconnection: close\r\n`
  const many = open(server.port, `${head}${'a: b\r\n'.repeat(10_000)}\r\n`)
  await waitFor('the response to the headers', () => many.isClosed())
  expect(many.text()).toContain('HTTP/1.1 431 ')
  const large = open(server.port, `${head}content-length: 99999999999\r\n\r\n`)
  await waitFor('the response to the body', () => large.text().includes('HTTP/1.1 401 '))
})
