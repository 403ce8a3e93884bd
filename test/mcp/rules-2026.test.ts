import { expect, test } from 'vitest'
import { connectModernClient } from '../helpers/client-2026.js'
import { connectSdkClient, openTestServer } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'
import { postJson } from '../helpers/post-json.js'
import { waitFor } from '../helpers/wait-for.js'
import { postModern, sendModern } from '../helpers/wire-2026.js'

/* The rules of 2026-07-28 for every request and response, at spoold's endpoint. */

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** A request whose headers and `_meta` the test chooses. */
async function post(url: string, headers: Record<string, string>, _meta: object) {
  const body = { jsonrpc: '2.0', id: 7, method: 'tools/list', params: { _meta } }
  const standard = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' }
  const response = await postJson(url, body, { ...standard, ...headers })
  return { status: response.status, ...((await response.json()) as { id: unknown; error?: object }) }
}

test('server/discover returns versions, capabilities and instructions, and how long they may be cached', async () => {
  const { url } = await openTestServer(memoryService())
  const { result } = await postModern(url, 'server/discover')
  expect(result).toMatchObject({
    resultType: 'complete',
    supportedVersions: ['2026-07-28'],
    capabilities: {
      tools: {},
      resources: { subscribe: true },
      prompts: {},
      completions: {},
      extensions: { 'io.modelcontextprotocol/tasks': {} },
    },
    instructions: expect.stringContaining('kiro_chat_async'),
    ttlMs: 300_000,
    cacheScope: 'private',
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'spoold', version: '1.2.3' } },
  })
  expect((await connectModernClient(url)).getProtocolEra()).toBe('modern')
})

test('lists that change only with a restart may be cached, and tasks may not', async () => {
  const { url } = await openTestServer(memoryService())
  for (const method of ['tools/list', 'prompts/list', 'resources/templates/list']) {
    expect((await postModern(url, method)).result).toMatchObject({ ttlMs: 300_000, cacheScope: 'private' })
  }
  const tasks = { uri: 'spool://tasks' }
  for (const [method, params] of [['resources/list'], ['resources/read', tasks]] as const) {
    expect((await postModern(url, method, params)).result).toMatchObject({ ttlMs: 0, cacheScope: 'private' })
  }
})

test('the tools are those of the older revisions, except for their own fields', async () => {
  const { url } = await openTestServer(memoryService())
  const { tools } = await (await connectSdkClient(url)).listTools()
  const older = tools.map(({ execution: _, ...tool }) => tool)
  expect((await postModern(url, 'tools/list')).result.tools).toEqual(older)
})

test('promise 10: wrong arguments are a result with isError, which a model can read', async () => {
  const service = memoryService()
  const { url } = await openTestServer(service)
  const { result } = await postModern(url, 'tools/call', { name: 'kiro_chat_async', arguments: {} })
  expect(result).toMatchObject({
    resultType: 'complete',
    isError: true,
    structuredContent: { code: 'invalid_input', field: 'message' },
  })
  expect(service.started).toEqual([])
})

test('Mcp-Name must match the name in the body, also in Base64', async () => {
  const { url } = await openTestServer(memoryService())
  const read = async (name: string) => {
    const uri = 'spool://tasks'
    const response = await sendModern(url, 'resources/read', { uri }, { headers: { 'mcp-name': name } })
    const { error } = (await response.json()) as { error?: { code: number } }
    return [response.status, error?.code]
  }
  const encoded = `=?base64?${Buffer.from('spool://tasks').toString('base64')}?=`
  expect(await read(encoded)).toEqual([200, undefined])
  expect(await read('spool://other')).toEqual([400, -32_020])
})

test.each<[string, Record<string, string>, object, object]>([
  [
    'another version',
    { 'mcp-protocol-version': '2027-01-01' },
    { ...META, 'io.modelcontextprotocol/protocolVersion': '2027-01-01' },
    { code: -32_022, data: { supported: ['2026-07-28'], requested: '2027-01-01' } },
  ],
  ['a header that names another version', { 'mcp-protocol-version': '2025-11-25' }, META, { code: -32_020 }],
  ['a header that names another method', { 'mcp-method': 'prompts/list' }, META, { code: -32_020 }],
  [
    'no capabilities of the client',
    {},
    { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
    { code: -32_602 },
  ],
])('promise 10: a request with %s is refused with 400', async (_, headers, meta, error) => {
  const { url } = await openTestServer(memoryService())
  expect(await post(url, headers, meta)).toMatchObject({ status: 400, id: 7, error })
})

test('promise 7: a client that closes its stream ends the wait, and the task goes on', async () => {
  const service = memoryService()
  const { url } = await openTestServer(service)
  const { task } = await service.start({ message: 'x' })
  const leaving = new AbortController()
  const call = { name: 'kiro_task_status', arguments: { task_id: task.id, wait_ms: 50_000 } }
  const sent = sendModern(url, 'tools/call', call, { signal: leaving.signal })
  await waitFor('the wait', () => service.waits.length === 1)
  leaving.abort()
  await expect(sent).rejects.toThrow()
  await waitFor('its end', () => service.waits[0]?.aborted)
  expect((await service.get(task.id)).status).toBe('streaming')
})
