import { request as rawRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { openTestServer, type TestServer, TOKENS } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' }

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  json: { error?: { code: number; message: string; data?: { code: string } }; [key: string]: unknown }
}

/** Bare HTTP, since fetch does not let a caller set Host. */
function send(
  server: TestServer,
  options: { method?: string; path?: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<Answer> {
  const { method = 'POST', path = '/mcp', body = JSON.stringify(LIST) } = options
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${TOKENS.client}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...options.headers,
    }
    const request = rawRequest(
      { host: '127.0.0.1', port: server.port, method, path, headers },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const text = Buffer.concat(parts).toString()
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            json: text === '' ? {} : JSON.parse(text),
          })
        })
      },
    )
    request.on('error', reject)
    request.end(method === 'GET' || method === 'DELETE' ? undefined : body)
  })
}

async function expectRejection(
  server: TestServer,
  asked: Parameters<typeof send>[1],
  status: number,
  code: string,
) {
  const answer = await send(server, asked)
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toBe('application/json')
  expect(answer.json.error?.data?.code).toBe(code)
  expect(answer.json.error?.message).not.toContain('\n')
  return answer
}

describe('the validation of requests', () => {
  test('the right token is accepted', async () => {
    const server = await openTestServer(memoryService())
    expect((await send(server, {})).status).toBe(200)
  })

  test.each([
    ['no token', { authorization: '' }],
    ['a wrong token', { authorization: 'Bearer wrong' }],
    ['another scheme', { authorization: `Basic ${TOKENS.client}` }],
  ])('%s is refused with 401', async (_, headers) => {
    const service = memoryService()
    const server = await openTestServer(service)
    const answer = await expectRejection(server, { headers }, 401, 'unauthorized')
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
    expect(answer.json.error?.message).toContain('spoold token')
    expect(service.calls).toEqual([])
  })

  test('a token in the URL is refused even with the right header, and not repeated', async () => {
    const server = await openTestServer(memoryService())
    const answer = await expectRejection(server, { path: `/mcp?token=${TOKENS.client}` }, 401, 'unauthorized')
    expect(answer.json.error?.message).toContain('header')
    expect(JSON.stringify(answer.json)).not.toContain(TOKENS.client)
  })

  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '127.0.0.1:1', '10.0.0.1'])(
    'a foreign Host %j is refused',
    async (host) => {
      const server = await openTestServer(memoryService())
      await expectRejection(server, { headers: { host } }, 403, 'forbidden')
      await expectRejection(server, { method: 'GET', path: '/health', headers: { host } }, 403, 'forbidden')
    },
  )

  test('every loopback name with the right port is a valid Host', async () => {
    const server = await openTestServer(memoryService())
    for (const name of ['localhost', 'LOCALHOST', '127.0.0.1', '[::1]']) {
      expect((await send(server, { headers: { host: `${name}:${server.port}` } })).status).toBe(200)
    }
  })

  test.each(['https://evil.example', 'null', 'http://127.0.0.1.evil.example', 'file://'])(
    'a foreign Origin %j is refused',
    async (origin) => {
      const server = await openTestServer(memoryService())
      await expectRejection(server, { headers: { origin } }, 403, 'forbidden')
    },
  )

  test('a foreign Origin is refused wherever it is among the headers', async () => {
    const server = await openTestServer(memoryService())
    const dummies = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x-${index}`, '1']))
    await expectRejection(
      server,
      { headers: { ...dummies, origin: 'https://evil.example' } },
      403,
      'forbidden',
    )
  })

  test('a page of this machine is a valid Origin', async () => {
    const server = await openTestServer(memoryService())
    expect((await send(server, { headers: { origin: 'http://localhost:6274' } })).status).toBe(200)
  })

  test.each(['GET', 'DELETE', 'PUT', 'OPTIONS'])('%s /mcp is refused with 405', async (method) => {
    const server = await openTestServer(memoryService())
    const answer = await expectRejection(server, { method }, 405, 'method_not_allowed')
    expect(answer.headers.allow).toBe('POST')
  })

  test('an unknown path is refused with 404', async () => {
    const server = await openTestServer(memoryService())
    for (const path of ['/', '/mcp/', '/.well-known/oauth-protected-resource']) {
      await expectRejection(server, { method: 'GET', path }, 404, 'not_found')
    }
  })

  test.each([
    ['//?token=secret', 404, 'not_found'],
    ['//', 404, 'not_found'],
    ['//evil.example/mcp', 404, 'not_found'],
    ['http://[bad/mcp?token=secret', 400, 'malformed_request'],
    ['*', 400, 'malformed_request'],
    ['file:///mcp', 400, 'malformed_request'],
  ])('the target %s is refused, not repeated and not logged', async (path, status, code) => {
    const server = await openTestServer(memoryService())
    const answer = await expectRejection(server, { path, headers: { authorization: '' } }, status, code)
    expect(answer.json.error?.message).not.toContain('secret')
    expect(server.logged).toEqual([])
  })

  test('an absolute target, as proxies send it, is served', async () => {
    const server = await openTestServer(memoryService())
    expect((await send(server, { path: server.url })).status).toBe(200)
  })

  test.each(['{"jsonrpc":', '', 'hello', Buffer.from([0x22, 0xff, 0xfe, 0x22])])(
    'malformed JSON is a parse error (%#)',
    async (body) => {
      const server = await openTestServer(memoryService())
      const answer = await expectRejection(server, { body }, 400, 'malformed_request')
      expect(answer.json.error?.code).toBe(-32_700)
    },
  )

  test('a JSON batch, as in MCP of 2025-03, gets all of its responses', async () => {
    const server = await openTestServer(memoryService())
    const answer = await send(server, { body: JSON.stringify([LIST, { ...LIST, id: 2 }]) })
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject([{ id: 1 }, { id: 2 }])
  })

  test('a body of 17 MiB is refused with 413 and the connection closes', async () => {
    const service = memoryService()
    const server = await openTestServer(service)
    const body = Buffer.alloc(17 * 1024 * 1024, 0x20)
    const answer = await expectRejection(server, { body }, 413, 'request_too_large')
    expect(answer.json.error?.message).toContain('16 MiB')
    expect(answer.headers.connection).toBe('close')
    await expectRejection(
      server,
      { body, headers: { 'transfer-encoding': 'chunked' } },
      413,
      'request_too_large',
    )
    expect(service.calls).toEqual([])
    expect((await send(server, {})).status).toBe(200)
  })

  test('/health needs no token and returns status, version and pid', async () => {
    const server = await openTestServer(memoryService(), { pid: 4711 })
    const answer = await send(server, { method: 'GET', path: '/health', headers: { authorization: '' } })
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({ status: 'ok', version: '1.2.3', pid: 4711 })
    await expectRejection(server, { method: 'POST', path: '/health' }, 405, 'method_not_allowed')
  })
})
