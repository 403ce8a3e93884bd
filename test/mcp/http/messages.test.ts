import { describe, expect, test } from 'vitest'
import { openTestServer, TOKENS } from '../../helpers/http-server.js'
import { memoryService } from '../../helpers/memory-service.js'

const LIST = { jsonrpc: '2.0', id: 7, method: 'tools/list' }
const OPEN = {
  jsonrpc: '2.0',
  id: 7,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
}

async function send(body: unknown, more: Record<string, string | undefined> = {}) {
  const service = memoryService()
  const server = await openTestServer(service)
  const headers = new Headers({
    authorization: `Bearer ${TOKENS.client}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  })
  for (const [name, value] of Object.entries(more)) {
    if (value === undefined) headers.delete(name)
    else headers.set(name, value)
  }
  const response = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await response.text()
  expect(service.calls).toEqual([])
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
}

describe('media types', () => {
  test.each(['application/json', '*/*', 'text/html, application/*;q=0.1', ' '])(
    'a client that accepts JSON is served (Accept %j)',
    async (accept) => {
      expect(await send(LIST, { accept })).toMatchObject({ status: 200, json: { id: 7 } })
    },
  )

  test.each(['text/event-stream', 'text/html', 'application/json;q=0, text/plain'])(
    'Accept %j is refused with what to send',
    async (accept) => {
      const { status, json } = await send(LIST, { accept })
      expect(status).toBe(406)
      expect(json.error).toMatchObject({ data: { code: 'malformed_request' } })
      expect(json.error.message).toMatch(/; send Accept: application\/json, text\/event-stream$/)
    },
  )

  test.each(['text/plain', 'application/jsonp', 'text/plain; a=application/json'])(
    'Content-Type %j is refused with what to send',
    async (type) => {
      const { status, json } = await send(LIST, { 'content-type': type })
      expect(status).toBe(415)
      expect(json.error.data.code).toBe('malformed_request')
      expect(json.error.message).toContain('must be application/json')
    },
  )

  test('a charset does not change the type', async () => {
    expect((await send(LIST, { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(200)
  })
})

describe('JSON-RPC', () => {
  test.each<[string, unknown, number | null]>([
    ['null', null, null],
    ['a number', 17, null],
    ['no message', { hello: 1 }, null],
    ['another version', { ...LIST, jsonrpc: '1.0' }, 7],
    ['an id that is none', { ...LIST, id: null }, null],
    ['params that are no object', { ...LIST, params: 'x' }, 7],
    ['_meta that is no object', { ...LIST, params: { _meta: null } }, 7],
    ['a progress token that is none', { ...LIST, params: { _meta: { progressToken: null } } }, 7],
    ['an unknown member', { ...LIST, more: 1 }, 7],
    ['a request with a result', { ...LIST, result: {} }, 7],
    ['an empty list', [], null],
    ['a list with a wrong message', [LIST, 5], null],
    ['a list that is too long', Array.from({ length: 101 }, () => LIST), null],
    ['initialize in a list', [OPEN, LIST], null],
  ])('%s is an invalid request', async (_, body, id) => {
    const { status, json } = await send(body)
    expect(status).toBe(400)
    expect(json).toMatchObject({ id, error: { code: -32_600, data: { code: 'malformed_request' } } })
    expect(json.error.message).toMatch(/; send /)
    expect(json.error.message).not.toContain('\n')
  })

  test('initialize without a required field is refused with the name of the field', async () => {
    for (const params of [undefined, {}, { ...OPEN.params, clientInfo: 'me' }]) {
      const { status, json } = await send({ ...OPEN, params })
      expect(status).toBe(400)
      expect(json).toMatchObject({ id: 7, error: { code: -32_602, data: { code: 'malformed_request' } } })
      expect(json.error.message).toContain('protocolVersion (text)')
    }
    expect(await send(OPEN, { 'mcp-protocol-version': '1999-01-01' })).toMatchObject({ status: 200 })
  })

  test('an unsupported version of MCP is refused with the supported ones', async () => {
    const { status, json } = await send(LIST, { 'mcp-protocol-version': '1999-01-01' })
    expect(status).toBe(400)
    expect(json.error.message).toMatch(/^Unsupported protocol version "1999-01-01"; .* 2025-06-18/)
    expect((await send(LIST, { 'mcp-protocol-version': '2025-06-18' })).status).toBe(200)
  })

  test('a notification is accepted without a response', async () => {
    const { status, json } = await send({ jsonrpc: '2.0', method: 'notifications/initialized' })
    expect([status, json]).toEqual([202, undefined])
  })
})
