import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { MAX_CONNECTIONS } from '../../src/http/connection-limit.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { type FrontDoor, openFrontDoor } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'
import { postJson } from '../helpers/post-json.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' }

const CROWDED = new RegExp(
  `^HTTP/1.1 503 Service Unavailable\r\n.*More than ${MAX_CONNECTIONS} connections are open; close some, then try again`,
  's',
)

interface Line {
  socket: Socket
  text(): string
  isClosed(): boolean
}

function open(port: number, sent = ''): Line {
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

/** A front door whose times are a hundredth of what they are: hours of slowness in seconds. */
async function openHastyDoor(): Promise<FrontDoor> {
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
  return openFrontDoor(memoryService())
}

const SLOW = {
  'says nothing': '',
  'dribbles its headers': 'POST /mcp HTTP/1.1\r\nhost: x\r\n',
  'dribbles its body': (port: number) =>
    `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer client-token-of-the-test\r\n` +
    'content-type: application/json\r\ncontent-length: 1000000\r\n\r\n{',
  'sends the body of a refused request': (port: number) =>
    `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: 1000000\r\n\r\n{`,
}

test.each(Object.entries(SLOW))('a client that %s is let go, and holds up nobody', async (_, sent) => {
  const door = await openHastyDoor()
  const lines = Array.from({ length: 20 }, () =>
    open(door.port, typeof sent === 'string' ? sent : sent(door.port)),
  )
  const dribble = setInterval(() => {
    for (const { socket } of lines) if (sent !== '' && socket.writable) socket.write('x')
  }, 20)
  onTestFinished(() => clearInterval(dribble))
  expect((await postJson(door.url, LIST)).status).toBe(200)
  await waitFor('all of them to be closed', () => lines.every((line) => line.isClosed()))
  expect((await postJson(door.url, LIST)).status).toBe(200)
  expect(door.logged).toEqual([])
})

test('too many connections: who has no token goes first, with a sentence; among clients, who comes last', async () => {
  const { file } = await startDaemonProcess({ stateDirectory: tempState() })
  const port = Number(new URL(file.url).port)
  const lines: Line[] = []
  for (let count = 0; count < MAX_CONNECTIONS; count += 1) lines.push(open(port))
  await waitFor('all of them to be open', () => lines.every(({ socket }) => socket.readyState === 'open'))
  const authorization = `Bearer ${file.operator_token}`
  const connection = 'close'
  const [first, ...others] = lines
  expect((await postJson(file.url, LIST, { authorization, connection })).status).toBe(200)
  await waitFor('the end of the oldest', () => first?.isClosed())
  expect(first?.text()).toMatch(CROWDED)
  expect(others.filter((line) => line.isClosed())).toEqual([])

  const ping = JSON.stringify({ ...LIST, method: 'ping' })
  const head = `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: ${authorization}\r\n`
  const request = `${head}content-type: application/json\r\ncontent-length: ${ping.length}\r\n\r\n${ping}`
  const clients = [...others, open(port)]
  for (const { socket } of clients) socket.write(request)
  await waitFor('all of them to be clients', () => clients.every((line) => line.text().includes('200 OK')))
  const late = open(port, request)
  await waitFor('the end of the newest', () => late.isClosed())
  expect(late.text()).toMatch(CROWDED)
  expect(clients.filter((line) => line.isClosed())).toEqual([])
})

test('huge headers and bodies are refused without a token, before anything of them is kept', async () => {
  const door = await openFrontDoor(memoryService())
  const head = `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${door.port}\r\nconnection: close\r\n`
  const many = open(door.port, `${head}${'a: b\r\n'.repeat(10_000)}\r\n`)
  await waitFor('the answer to the headers', () => many.isClosed())
  expect(many.text()).toContain('HTTP/1.1 431 ')
  const large = open(door.port, `${head}content-length: 99999999999\r\n\r\n`)
  await waitFor('the answer to the body', () => large.text().includes('HTTP/1.1 401 '))
})
