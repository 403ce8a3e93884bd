import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { SpoolError } from '../../src/domain/errors.js'
import { call, connectSdkClient, openTestServer, TOKENS } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'

const CLIENT_TOOLS = [
  'kiro_chat_async',
  'kiro_chat',
  'kiro_task_status',
  'kiro_task_cancel',
  'kiro_task_respond',
  'kiro_task_list',
  'kiro_task_search',
  'kiro_session_create',
  'kiro_session_list',
  'kiro_session_end',
  'kiro_agents_list',
  'kiro_history',
]
const OPERATOR_TOOLS = ['spoold_exec', 'spoold_show', 'spoold_pin', 'spoold_purge', 'spoold_stats']

describe('the list of tools', () => {
  test('clients see the documented tools, with valid schemas', async () => {
    const client = await connectSdkClient((await openTestServer(memoryService())).url)
    const { tools } = await client.listTools()
    expect(tools.map((tool) => tool.name)).toEqual(CLIENT_TOOLS)
    const ajv = new Ajv({ strict: true })
    for (const tool of tools) {
      expect(() => ajv.compile(tool.inputSchema)).not.toThrow()
      expect(() => ajv.compile({ ...tool.outputSchema, anyOf: undefined })).not.toThrow()
      expect(tool.inputSchema.additionalProperties).toBe(false)
      expect(tool.description).toBeTruthy()
      expect(JSON.stringify(tool)).not.toContain('"pattern"')
    }
    expect(tools.find((tool) => tool.name === 'kiro_task_status')?.annotations?.readOnlyHint).toBe(true)
    expect(tools.find((tool) => tool.name === 'kiro_task_cancel')?.annotations?.destructiveHint).toBe(true)
  })

  test("the operator's tools are neither listed nor served with a client's token", async () => {
    const service = memoryService()
    const client = await connectSdkClient((await openTestServer(service)).url)
    for (const name of OPERATOR_TOOLS) {
      await expect(
        client.callTool({ name, arguments: { argv: ['id'], task_id: 'x' } }),
      ).rejects.toMatchObject({ code: -32_602 })
    }
    expect(service.calls).toEqual([])
  })

  test('the operator sees all of them, and no prefix changes them', async () => {
    const { url } = await openTestServer(memoryService(), { toolPrefix: 'my_' })
    const client = await connectSdkClient(url, { token: TOKENS.operator })
    const { tools } = await client.listTools()
    expect(tools.map((tool) => tool.name)).toEqual([...CLIENT_TOOLS, ...OPERATOR_TOOLS])
  })

  test('toolPrefix renames the tools, also in every text that names them', async () => {
    const { url } = await openTestServer(memoryService(), { toolPrefix: 'my_' })
    const client = await connectSdkClient(url)
    const listed = JSON.stringify(await client.listTools())
    expect(listed).toContain('"my_chat_async"')
    expect(listed).not.toContain('kiro_')
    expect(client.getInstructions()).toContain('my_task_status')
    const started = await call(client, 'my_chat_async', { message: 'keep kiro_ as it is' })
    expect(started.structured.message).toBe('Task started. Poll my_task_status for updates.')
    const rejected = await call(client, 'my_task_status', {})
    expect(rejected.text).toContain('my_task_list')
  })

  test('the instructions teach start, wait, read on', async () => {
    const client = await connectSdkClient((await openTestServer(memoryService())).url)
    for (const word of ['kiro_chat_async', 'kiro_task_status', 'next_chunk_index', 'is_done']) {
      expect(client.getInstructions()).toContain(word)
    }
    expect(client.getServerVersion()).toMatchObject({ name: 'spoold', version: '1.2.3' })
  })
})

describe('results (the SDK client checks each against its schema)', () => {
  test('every tool of clients', async () => {
    const service = memoryService()
    const client = await connectSdkClient((await openTestServer(service)).url)
    const opened = await call(client, 'kiro_session_create', { agent: 'kiro', working_directory: '/tmp' })
    const { session_id } = opened.structured
    expect(opened.structured).toMatchObject({ agent: 'kiro', created_at: '2026-01-02T12:00:00.000Z' })

    const started = await call(client, 'kiro_chat_async', {
      message: 'hello',
      session_id,
      ttl_seconds: 60,
      timeout_seconds: 5,
      model: 'm',
      priority: 3,
      idempotency_key: 'k',
    })
    expect(started.structured).toEqual({
      task_id: 'task-1',
      session_id,
      status: 'streaming',
      message: 'Task started. Poll kiro_task_status for updates.',
      next_chunk_index: 0,
    })
    expect(service.started[0]).toMatchObject({
      ttlMs: 60_000,
      timeoutMs: 5_000,
      priority: 3,
      idempotencyKey: 'k',
    })

    service.print('task-1', 'text', 'Hi')
    const listed = await call(client, 'kiro_task_list')
    expect(listed.structured).toMatchObject({
      count: 1,
      next_cursor: null,
      tasks: [{ task_id: 'task-1', last_chunk_index: 0 }],
    })
    service.complete('task-1')
    expect((await call(client, 'kiro_task_list')).structured.count).toBe(0)
    const all = await call(client, 'kiro_task_list', { include_done: true })
    expect(all.structured.tasks).toMatchObject([
      { status: 'completed', result: 'Hi', duration_seconds: 1.5, exit_code: 0 },
    ])

    const history = await call(client, 'kiro_history', { session_id })
    expect(history.structured.exchanges).toMatchObject([{ message: 'hello', answer: 'Hi', truncated: false }])
    const found = await call(client, 'kiro_task_search', { query: 'ell', session_id, limit: 3 })
    expect(found.structured).toMatchObject({
      matches: [
        { task_id: 'task-1', snippet: 'h«ell»o', chunk_index: null, created_at: '2026-01-02T12:00:00.000Z' },
      ],
      count: 1,
      found_count: 1,
    })
    expect(found.text).toContain('task-1 completed (kiro, 2026-01-02T12:00:00.000Z, message) h«ell»o')
    const nothing = await call(client, 'kiro_task_search', { query: 'other' })
    expect(nothing).toMatchObject({ isError: false, text: 'Nothing found.', structured: { matches: [] } })
    const agents = await call(client, 'kiro_agents_list')
    expect(agents.structured.agents).toMatchObject([{ name: 'kiro', available: false }])
    expect(agents.text).toContain('install it')
    const sessions = await call(client, 'kiro_session_list')
    expect(sessions.structured).toMatchObject({ count: 1, sessions: [{ session_id, tasks_count: 1 }] })
    const ended = await call(client, 'kiro_session_end', { session_id })
    expect(ended.structured.ended_at).not.toBeNull()
    const cancelled = await call(client, 'kiro_task_cancel', { task_id: 'task-1' })
    expect(cancelled.structured).toMatchObject({ success: false, status: 'completed' })
  })

  test('a listing and a conversation keep to the budget, whatever the messages are', async () => {
    const service = memoryService()
    const client = await connectSdkClient((await openTestServer(service)).url)
    const { session_id } = (await call(client, 'kiro_session_create')).structured
    for (let index = 0; index < 20; index += 1) {
      const message = `"${index}"\n`.repeat(20_000)
      const { structured } = await call(client, 'kiro_chat_async', { message, session_id })
      service.print(String(structured.task_id), 'text', '"\\"\n'.repeat(index % 2 === 0 ? 100 : 10_000))
      service.complete(String(structured.task_id))
    }
    for (const tool of ['kiro_task_list', 'kiro_history']) {
      const { result, structured } = await call(client, tool, {
        session_id,
        limit: 20,
        ...(tool === 'kiro_task_list' ? { include_done: true } : {}),
      })
      expect(structured.count).toBeGreaterThanOrEqual(10)
      const { content, structuredContent } = result
      expect(Buffer.byteLength(JSON.stringify({ content, structuredContent }))).toBeLessThanOrEqual(10_000)
    }
  })

  test("every tool of the operator's", async () => {
    const service = memoryService()
    const client = await connectSdkClient((await openTestServer(service)).url, { token: TOKENS.operator })
    const started = await call(client, 'spoold_exec', { argv: ['echo', 'hi'] })
    expect(started.structured).toMatchObject({ task_id: 'task-1' })
    service.print('task-1', 'text', 'hi\n')
    const shown = await call(client, 'spoold_show', { task_id: 'task-1', text_bytes: 100 })
    expect(shown.structured).toMatchObject({ argv: ['echo', 'hi'], text: 'hi\n', working_directory: '/tmp' })
    const pinned = await call(client, 'spoold_pin', { task_id: 'task-1', pinned: true })
    expect(pinned.structured.pinned).toBe(true)
    const purged = await call(client, 'spoold_purge', { older_than_seconds: 60, dry_run: true })
    expect(purged.structured).toEqual({ tasks: 1, chunks: 2, bytes: 3, sessions: 0, dry_run: true })
    const { structured } = await call(client, 'spoold_stats', { since_seconds: 3_600 })
    expect(structured).toMatchObject({
      since: expect.stringMatching(/^\d{4}-.*Z$/),
      total: { tasks: 4, success_share: 0.5, p50_seconds: 1.5, p95_seconds: null },
      agents: [{ agent: 'kiro', tasks: 4 }],
      days: [{ day: '2026-01-02', bytes: 7 }],
    })
  })

  test('kiro_chat_async with wait_ms returns the output of a short task', async () => {
    const service = memoryService()
    const client = await connectSdkClient((await openTestServer(service)).url)
    const starting = call(client, 'kiro_chat_async', { message: 'quick', wait_ms: 20_000 })
    await expect.poll(() => service.waits.length).toBe(1)
    service.print('task-1', 'text', 'quick answer')
    service.complete('task-1')
    const { structured, text } = await starting
    expect(structured).toMatchObject({
      session_id: 'session-1',
      is_done: true,
      result: 'quick answer',
      next_chunk_index: 2,
    })
    expect(text).toContain('quick answer')
  })
})

describe('errors', () => {
  test('an error of the service arrives with its code, sentence and field', async () => {
    const client = await connectSdkClient((await openTestServer(memoryService())).url)
    for (const tool of ['kiro_task_status', 'kiro_task_cancel']) {
      const { isError, structured, text } = await call(client, tool, { task_id: 'task-nope' })
      expect(isError).toBe(true)
      expect(structured).toEqual({ code: 'task_not_found', message: text, field: 'task_id' })
    }
    const ended = await call(client, 'kiro_session_end', { session_id: 'session-nope' })
    expect(ended.structured.code).toBe('session_not_found')
  })

  test('an unexpected failure is logged, and the client gets a sentence without a stack', async () => {
    const service = memoryService()
    const server = await openTestServer(service)
    const client = await connectSdkClient(server.url)
    service.failNext(new TypeError('secret detail'))
    const { isError, structured, text } = await call(client, 'kiro_task_list')
    expect(isError).toBe(true)
    expect(structured).toEqual({ code: 'internal', message: text })
    expect(text).toContain('daemon.log')
    expect(JSON.stringify(structured)).not.toContain('secret detail')
    expect(server.logged).toEqual(['tool kiro_task_list failed: secret detail'])
  })

  test('a rejected call is not logged as a failure', async () => {
    const service = memoryService()
    const server = await openTestServer(service)
    const client = await connectSdkClient(server.url)
    service.failNext(new SpoolError('storage_full', 'The disk is full; free some space'))
    expect((await call(client, 'kiro_task_list')).structured.code).toBe('storage_full')
    expect(server.logged).toEqual([])
  })

  test('an unknown tool is a protocol error that names the tools', async () => {
    const client = await connectSdkClient((await openTestServer(memoryService())).url)
    const calling = client.callTool({ name: 'kiro_nothing', arguments: {} })
    await expect(calling).rejects.toMatchObject({ code: -32_602 })
    await expect(calling).rejects.toThrow(/kiro_chat_async/)
  })
})
