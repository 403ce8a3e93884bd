import { expect, test } from 'vitest'
import { openTestServer } from '../../helpers/http-server.js'
import { memoryService } from '../../helpers/memory-service.js'
import { postJson } from '../../helpers/post-json.js'
import { waitFor } from '../../helpers/wait-for.js'
import { eventsOf, postModern, sendModern } from '../../helpers/wire-2026.js'

/* One endpoint for all revisions: how it distinguishes them, and in which form it responds. */

const JSON_ONLY = 'application/json'

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' }

test('a request without a revision belongs to 2025; one that names 2026-07-28 to 2026', async () => {
  const { url } = await openTestServer(memoryService())
  const old = (await (await postJson(url, list)).json()) as { result: Record<string, unknown> }
  expect(Object.keys(old.result)).toEqual(['tools'])
  const { result } = await postModern(url, 'tools/list')
  expect(result).toMatchObject({ resultType: 'complete', ttlMs: 300_000, cacheScope: 'private' })
  const names = (tools: unknown) => (tools as { name: string }[]).map(({ name }) => name)
  expect(names(result.tools)).toEqual(names(old.result.tools))
})

test('a request that contradicts itself is refused, and is not a failure of the daemon', async () => {
  const server = await openTestServer(memoryService())
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'prompts/list' }
  const wrong = await postJson(server.url, { ...list, params: { _meta } }, headers)
  expect(wrong.status).toBe(400)
  expect(await wrong.json()).toMatchObject({ id: 1, error: { code: -32_020 } })
  const headerOnly = await postJson(server.url, list, { 'mcp-protocol-version': '2026-07-28' })
  expect(await headerOnly.json()).toMatchObject({ error: { code: -32_602 } })
  const unknown = await postJson(server.url, list, { 'mcp-protocol-version': '1999-01-01' })
  expect(await unknown.json()).toMatchObject({ error: { message: expect.stringContaining('1999-01-01') } })
  expect(server.logged).toEqual([])
})

test('a response is JSON; with progress before it, it is a stream, if the client accepts one', async () => {
  const service = memoryService()
  const { url } = await openTestServer(service)
  const { task } = await service.start({ message: 'x' })
  const poll = {
    jsonrpc: '2.0',
    id: 7,
    method: 'tools/call',
    params: {
      name: 'kiro_task_status',
      arguments: { task_id: task.id, wait_ms: 6_000 },
      _meta: { progressToken: 'p' },
    },
  }
  const [streamed, plain] = await Promise.all([
    postJson(url, poll),
    postJson(url, poll, { accept: JSON_ONLY }),
  ])
  expect(streamed.headers.get('content-type')).toBe('text/event-stream')
  const messages: Record<string, unknown>[] = []
  for await (const message of eventsOf(streamed)) messages.push(message)
  expect(messages).toHaveLength(2)
  expect(messages[0]).toMatchObject({ method: 'notifications/progress', params: { progressToken: 'p' } })
  expect(messages[1]).toMatchObject({ id: 7, result: { structuredContent: { task_id: task.id } } })
  expect(plain.headers.get('content-type')).toBe('application/json')
  expect(await plain.json()).toMatchObject({ id: 7, result: {} })
})

test('a batch gets a batch of responses, and messages that are not requests get none', async () => {
  const { url } = await openTestServer(memoryService())
  const both = await postJson(url, [list, { ...list, id: 'b' }])
  expect(((await both.json()) as { id: unknown }[]).map(({ id }) => id)).toEqual([1, 'b'])
  const notes = [{ jsonrpc: '2.0', method: 'notifications/initialized' }]
  expect((await postJson(url, notes)).status).toBe(202)
})

test('a client with elicitation gets a session id that no daemon has to store', async () => {
  const first = await openTestServer(memoryService())
  const initialize = (capabilities: object) => ({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 't', version: '1' } },
  })
  const plain = await postJson(first.url, initialize({}))
  expect(plain.headers.has('mcp-session-id')).toBe(false)
  const able = await postJson(first.url, initialize({ elicitation: {}, sampling: {} }))
  const sessionId = String(able.headers.get('mcp-session-id'))
  expect(sessionId).toMatch(/^[0-9a-f-]{36}\.elicitation\.sampling$/)
  const onlyUrls = await postJson(first.url, initialize({ elicitation: { url: {} } }))
  expect(onlyUrls.headers.has('mcp-session-id')).toBe(false)
  const second = await openTestServer(memoryService())
  for (const id of [sessionId, 'no-id-of-ours', '__proto__.constructor']) {
    expect((await postJson(second.url, list, { 'mcp-session-id': id })).status).toBe(200)
  }
})

test('a response to a question of a previous daemon is accepted and dropped', async () => {
  const server = await openTestServer(memoryService())
  for (const body of [
    { jsonrpc: '2.0', id: 'gone', result: { action: 'accept' } },
    { jsonrpc: '2.0', id: 'gone', error: { code: -32_601, message: 'no' } },
  ]) {
    expect((await postJson(server.url, body)).status).toBe(202)
  }
  expect(server.logged).toEqual([])
})

test('a client that disconnects ends its wait in both eras', async () => {
  const service = memoryService()
  const { url } = await openTestServer(service)
  const { task } = await service.start({ message: 'x' })
  const params = { name: 'kiro_task_status', arguments: { task_id: task.id, wait_ms: 50_000 } }
  const gone = new AbortController()
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params }
  const old = postJson(url, call, {}, gone.signal)
  const modern = sendModern(url, 'tools/call', params, { signal: gone.signal })
  await waitFor('both waits', () => service.waits.length === 2)
  gone.abort()
  await expect(old).rejects.toThrow()
  await expect(modern).rejects.toThrow()
  await waitFor('both to be aborted', () => service.waits.every(({ aborted }) => aborted))
})

test('a subscription ends in good order when the daemon stops', async () => {
  const server = await openTestServer(memoryService())
  const wish = { notifications: { resourceSubscriptions: ['spool://tasks'] } }
  const events = eventsOf(await sendModern(server.url, 'subscriptions/listen', wish))
  expect((await events.next()).value).toHaveProperty('params.notifications', wish.notifications)
  await server.close()
  expect((await events.next()).value).toMatchObject({ id: 1, result: { resultType: 'complete' } })
  expect((await events.next()).done).toBe(true)
})

test('a request that is cancelled in its own batch gets no response, and the others get theirs', async () => {
  const service = memoryService()
  const { url } = await openTestServer(service)
  const { task } = await service.start({ message: 'x' })
  const params = { name: 'kiro_task_status', arguments: { task_id: task.id, wait_ms: 50_000 } }
  const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params }
  const taken = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } }
  const both = await postJson(url, [call, list, taken])
  expect(await both.json()).toMatchObject([{ id: 1 }])
  expect((await postJson(url, [call, taken])).status).toBe(202)
})

test('a client that accepts no stream may not wait longer than its connection may be idle', async () => {
  const service = memoryService()
  const { url } = await openTestServer(service)
  const { task } = await service.start({ message: 'x' })
  const params = {
    name: 'kiro_task_status',
    arguments: { task_id: task.id, wait_ms: 600_000 },
    _meta: { progressToken: 'p' },
  }
  const answer = await postJson(url, { ...list, method: 'tools/call', params }, { accept: JSON_ONLY })
  expect(await answer.json()).toMatchObject({
    result: { isError: true, structuredContent: { code: 'invalid_input', field: 'wait_ms' } },
  })
})

test('a body of great depth is served like any other, in both eras', async () => {
  const server = await openTestServer(memoryService())
  const deep = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`)
  const args = { name: 'kiro_session_list', arguments: { deep } }
  const old = await postJson(server.url, { ...list, method: 'tools/call', params: args })
  expect(await old.json()).toMatchObject({ result: { isError: true } })
  expect((await postModern(server.url, 'tools/call', args)).result).toMatchObject({ isError: true })
  expect(server.logged).toEqual([])
})

test('a subscription names existing tasks and resources', async () => {
  const service = memoryService()
  const { url } = await openTestServer(service)
  const { task } = await service.start({ message: 'x' })
  const uris = ['spool://tasks', `spool://tasks/${task.id}`, 'spool://tasks/task-none', 'file:///etc/passwd']
  const wish = { notifications: { resourceSubscriptions: [...uris, '__proto__'] } }
  const gone = new AbortController()
  const events = eventsOf(await sendModern(url, 'subscriptions/listen', wish, { signal: gone.signal }))
  expect((await events.next()).value).toHaveProperty('params.notifications', {
    resourceSubscriptions: uris.slice(0, 2),
  })
  gone.abort()
})
