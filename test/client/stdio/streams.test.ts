import { describe, expect, test } from 'vitest'
import { type Arrival, openScriptedDaemon } from '../../helpers/scripted-daemon.js'
import { removeDaemonJson } from '../../helpers/state-server.js'
import { openStdioServer } from '../../helpers/stdio-server.js'
import { tempState } from '../../helpers/temp-state.js'
import { waitFor } from '../../helpers/wait-for.js'

const MODERN = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }
const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId'

async function scene() {
  const stateDirectory = tempState()
  const daemon = await openScriptedDaemon(stateDirectory)
  const stdio = openStdioServer(stateDirectory)
  const restart = async () => {
    await daemon.kill()
    removeDaemonJson(stateDirectory)
    return openScriptedDaemon(stateDirectory)
  }
  return { stateDirectory, daemon, stdio, restart }
}

const progress = (value: number) => ({
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken: 'p', progress: value },
})
const result = (id: number | string, values: object = {}) => ({ jsonrpc: '2.0', id, result: values })
const callOf = (name: string, args: object = {}, more: object = {}) => ({
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args, ...more },
})
const argumentsOf = ({ body }: Arrival) => body.params?.arguments as Record<string, unknown>

describe('a streamed response', () => {
  test('is passed on event by event, in order, as the events arrive', async () => {
    const { daemon, stdio } = await scene()
    stdio.send(callOf('kiro_task_status', { task_id: 'x' }))
    const call = await daemon.arrival(0)
    call.push(progress(5))
    expect(await stdio.messages(1)).toEqual([progress(5)])
    const log = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'd' } }
    call.push(log)
    call.finish(result(1, { done: true }))
    expect(await stdio.messages(3)).toEqual([progress(5), log, result(1, { done: true })])
  })

  test('that breaks is requested again, and progress never decreases', async () => {
    const { daemon, stdio, restart } = await scene()
    stdio.send(callOf('kiro_task_status', { task_id: 'x' }))
    const before = await daemon.arrival(0)
    before.push(progress(5))
    before.push(progress(10))
    await stdio.messages(2)
    const again = await (await restart()).arrival(0)
    expect(again.body).toMatchObject({ id: 1, method: 'tools/call', params: { name: 'kiro_task_status' } })
    again.push(progress(5))
    again.finish(result(1))
    const written = await stdio.messages(4)
    expect(written.map(({ params }) => params?.progress)).toEqual([5, 10, 15, undefined])
    expect(written.at(-1)).toEqual(result(1))
  })

  test('ends without a result when the client cancels, and the daemon is notified', async () => {
    const { daemon, stdio } = await scene()
    stdio.send(callOf('kiro_task_status', { task_id: 'x' }))
    const call = await daemon.arrival(0)
    call.push(progress(5))
    await stdio.messages(1)
    stdio.send({ method: 'notifications/cancelled', params: { requestId: 1 } })
    await waitFor('the end of the connection', () => call.hasLeft)
    stdio.send({ id: 2, method: 'ping' })
    const next = await daemon.arrival(1)
    expect(next.body.method).toBe('ping')
    next.answer(result(2))
    expect((await stdio.messages(2)).slice(1)).toEqual([result(2)])
  })
})

describe('a request of the daemon to a client of 2025', () => {
  const question = (id: string) => ({
    jsonrpc: '2.0',
    id,
    method: 'elicitation/create',
    params: { message: '?' },
  })

  test('is sent before the result, its response comes in, and both belong to the session', async () => {
    const { daemon, stdio } = await scene()
    stdio.send({ id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25' } })
    const opening = await daemon.arrival(0)
    opening.answer(result(0), 200, { 'mcp-session-id': 'x.elicitation' })
    await stdio.messages(1)

    stdio.send(callOf('kiro_chat', { message: 'x' }))
    const call = await daemon.arrival(1)
    expect(call.headers['mcp-session-id']).toBe('x.elicitation')
    call.push(question('q'))
    expect((await stdio.messages(2))[1]).toEqual(question('q'))
    stdio.send({ id: 'q', result: { action: 'decline' } })
    const reply = await daemon.arrival(2)
    expect(reply.body).toEqual({ jsonrpc: '2.0', id: 'q', result: { action: 'decline' } })
    expect(reply.headers['mcp-session-id']).toBe('x.elicitation')
    reply.accept()
    call.finish(result(1))
    expect((await stdio.messages(3)).slice(2)).toEqual([result(1)])
  })

  test('is withdrawn when the daemon ends, and sent again by the next one', async () => {
    const { daemon, stdio, restart } = await scene()
    stdio.send(callOf('kiro_chat', { message: 'x' }))
    const call = await daemon.arrival(0)
    call.push(question('q1'))
    await stdio.messages(1)
    const again = await (await restart()).arrival(0)
    again.push(question('q2'))
    again.finish(result(1))
    const takenBack = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'q1' } }
    expect(await stdio.messages(4)).toEqual([question('q1'), takenBack, question('q2'), result(1)])
  })
})

describe('a message of 2026-07-28', () => {
  test('gets its headers, and one of 2025 gets none', async () => {
    const { daemon, stdio } = await scene()
    stdio.send({ ...callOf('日本', {}, { _meta: MODERN }), id: 1 })
    const modern = await daemon.arrival(0)
    expect(modern.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': '=?base64?5pel5pys?=',
    })
    modern.answer(result(1))
    stdio.send({ ...callOf('日本'), id: 2 })
    const legacy = await daemon.arrival(1)
    expect(Object.keys(legacy.headers).filter((name) => name.startsWith('mcp-'))).toEqual([])
    legacy.answer(result(2))
    await stdio.messages(2)
  })

  test('gets the error that has another status over HTTP', async () => {
    const { daemon, stdio } = await scene()
    const error = { code: -32_022, message: 'Unsupported', data: { supported: ['2026-07-28'] } }
    stdio.send({ id: 'd', method: 'server/discover', params: { _meta: MODERN } })
    const discover = await daemon.arrival(0)
    discover.answer({ jsonrpc: '2.0', id: 'd', error }, 400)
    expect(await stdio.messages(1)).toEqual([{ jsonrpc: '2.0', id: 'd', error }])
  })
})

describe('a call that starts an agent', () => {
  test.each([
    ['my_chat', {}],
    ['chat_async', {}],
    ['kiro_chat', { task: { ttl: 60_000 } }],
    ['kiro_chat', { _meta: MODERN }],
  ])('%s %j is sent again with the same key', async (name, more) => {
    const { daemon, stdio, restart } = await scene()
    stdio.send(callOf(name, { message: 'x' }, more))
    const first = await daemon.arrival(0)
    const again = await (await restart()).arrival(0)
    expect(argumentsOf(first)).toEqual({ message: 'x', idempotency_key: expect.stringMatching(/./) })
    expect(argumentsOf(again).idempotency_key).toBe(argumentsOf(first).idempotency_key)
    expect(again.body.params).toMatchObject(more)
    again.answer(result(1))
    await stdio.messages(1)
  })

  test("keeps the client's own key, and other tools get none", async () => {
    const { daemon, stdio } = await scene()
    stdio.send(callOf('kiro_chat', { message: 'x', idempotency_key: 'mine' }))
    const start = await daemon.arrival(0)
    expect(argumentsOf(start).idempotency_key).toBe('mine')
    start.answer(result(1))
    stdio.send({ ...callOf('kiro_task_cancel', { task_id: 'x' }), id: 2 })
    const cancel = await daemon.arrival(1)
    expect(argumentsOf(cancel)).toEqual({ task_id: 'x' })
    cancel.answer(result(2))
    await stdio.messages(2)
  })

  test.each([
    ['kiro_chat', {}, 45_000],
    ['kiro_chat', { wait_ms: 30_000 }, 30_000],
    ['kiro_task_status', {}, 20_000],
  ])('%s %j waits shorter by what has passed', async (name, args, askedMs) => {
    const { daemon, stdio, stateDirectory } = await scene()
    stdio.send(callOf(name, args))
    await daemon.arrival(0)
    const start = performance.now()
    await daemon.kill()
    await waitFor('a second to pass', () => performance.now() - start > 1_100)
    const again = await (await openScriptedDaemon(stateDirectory)).arrival(0)
    const waitMs = argumentsOf(again).wait_ms as number
    expect(waitMs).toBeLessThanOrEqual(askedMs - 1_000)
    expect(waitMs).toBeGreaterThan(askedMs - 15_000)
    again.answer(result(1))
    await stdio.messages(1)
  })
})

describe('subscriptions/listen', () => {
  const mark = { [SUBSCRIPTION_ID]: 'l' }
  const acknowledged = (notifications: object, id = 'l') => ({
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications, _meta: { [SUBSCRIPTION_ID]: id } },
  })
  const updated = (uri: string) => ({
    jsonrpc: '2.0',
    method: 'notifications/resources/updated',
    params: { uri, _meta: mark },
  })
  const filter = { resourceSubscriptions: ['spool://tasks/1'], toolsListChanged: true }
  const request = {
    id: 'l',
    method: 'subscriptions/listen',
    params: { _meta: MODERN, notifications: filter },
  }

  test('continues through a restart: acknowledged once, and notified of what it may have missed', async () => {
    const { daemon, stdio, restart } = await scene()
    stdio.send(request)
    const first = await daemon.arrival(0)
    expect(first.headers['mcp-method']).toBe('subscriptions/listen')
    first.push(acknowledged(filter))
    first.push(updated('spool://tasks/1'))
    await stdio.messages(2)

    const second = await (await restart()).arrival(0)
    expect(second.body).toEqual({ jsonrpc: '2.0', ...request })
    second.push(acknowledged(filter))
    second.push(updated('spool://tasks/1'))
    const listChanged = {
      jsonrpc: '2.0',
      method: 'notifications/tools/list_changed',
      params: { _meta: mark },
    }
    expect(await stdio.messages(5)).toEqual([
      acknowledged(filter),
      updated('spool://tasks/1'),
      listChanged,
      updated('spool://tasks/1'),
      updated('spool://tasks/1'),
    ])
  })

  test('continues when a daemon stops and another one starts', async () => {
    const { daemon, stdio, restart } = await scene()
    stdio.send(request)
    const first = await daemon.arrival(0)
    first.push(acknowledged({ taskIds: ['1'] }))
    first.finish(result('l', { resultType: 'complete' }))
    const second = await (await restart()).arrival(0)
    second.push(acknowledged({ taskIds: ['1'] }))
    const task = { jsonrpc: '2.0', method: 'notifications/tasks', params: { taskId: '1', _meta: mark } }
    second.push(task)
    expect(await stdio.messages(2)).toEqual([acknowledged({ taskIds: ['1'] }), task])
  })

  test('of unknown tasks ends as the daemon ends it, and a refused one is refused', async () => {
    const { daemon, stdio } = await scene()
    stdio.send(request)
    const first = await daemon.arrival(0)
    first.push(acknowledged({ taskIds: [] }))
    first.finish(result('l', { resultType: 'complete' }))
    expect(await stdio.messages(2)).toEqual([
      acknowledged({ taskIds: [] }),
      result('l', { resultType: 'complete' }),
    ])
    const error = { code: -32_602, message: 'params.notifications must be an object' }
    stdio.send(request)
    const second = await daemon.arrival(1)
    second.answer({ jsonrpc: '2.0', id: 'l', error })
    expect((await stdio.messages(3))[2]).toEqual({ jsonrpc: '2.0', id: 'l', error })
  })

  test('ends with the cancellation of its client, and is not opened again', async () => {
    const { daemon, stdio, restart } = await scene()
    stdio.send(request)
    const first = await daemon.arrival(0)
    first.push(acknowledged(filter))
    await stdio.messages(1)
    stdio.send({ method: 'notifications/cancelled', params: { requestId: 'l' } })
    await waitFor('the end of the stream', () => first.hasLeft)
    const next = await restart()
    stdio.send({ id: 2, method: 'ping' })
    const ping = await next.arrival(0)
    ping.answer(result(2))
    expect((await stdio.messages(2)).slice(1)).toEqual([result(2)])
    expect(next.arrivals).toHaveLength(1)
  })

  test('ends at once with the standard input', async () => {
    const { daemon, stdio } = await scene()
    stdio.send(request)
    const first = await daemon.arrival(0)
    first.push(acknowledged(filter))
    await stdio.messages(1)
    const start = performance.now()
    await stdio.end()
    // Other calls in flight get two seconds.
    expect(performance.now() - start).toBeLessThan(1_500)
    await waitFor('the end of the stream', () => first.hasLeft)
    expect(stdio.written).toHaveLength(1)
  })

  test('starts a daemon at its start, and none when that daemon ends', async () => {
    const stateDirectory = tempState()
    let spawned = 0
    const started: Awaited<ReturnType<typeof openScriptedDaemon>>[] = []
    const stdio = openStdioServer(stateDirectory, async () => {
      spawned += 1
      started.push(await openScriptedDaemon(stateDirectory))
    })
    stdio.send(request)
    const daemon = await waitFor('the start', () => started[0])
    const first = await daemon.arrival(0)
    first.push(acknowledged(filter))
    await stdio.messages(1)
    const start = performance.now()
    await daemon.kill()
    // A call would have started one after three seconds.
    await waitFor('four seconds', () => performance.now() - start > 4_000)
    expect(spawned).toBe(1)
    const second = await (await openScriptedDaemon(stateDirectory)).arrival(0)
    expect(second.body.method).toBe('subscriptions/listen')
  })
})
