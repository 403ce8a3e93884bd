import { expect, test } from 'vitest'
import { openTestServer } from '../helpers/http-server.js'
import { waitFor } from '../helpers/wait-for.js'
import { eventsOf, postModern, sendModern } from '../helpers/wire-2026.js'
import { acpAgent, steps } from '../tasks/acp-agent.js'
import { openScene, type Scene, shellAgent } from '../tasks/scene.js'

/* The extension io.modelcontextprotocol/tasks of 2026-07-28 over the real service. */

const ABLE = { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } }

async function start(url: string, args: object): Promise<string> {
  const { result } = await postModern(url, 'tools/call', { name: 'kiro_chat', arguments: args })
  expect(result).toMatchObject({ resultType: 'task', status: 'working', ttlMs: null, pollIntervalMs: 2_000 })
  expect(result).not.toHaveProperty('content')
  return String(result.taskId)
}

async function untilStatus(url: string, taskId: string, status: string, capabilities: object = ABLE) {
  return waitFor(`${taskId} ${status}`, async () => {
    const { result } = await postModern(url, 'tasks/get', { taskId }, { capabilities })
    return result.status === status && result
  })
}

async function open(scene: Scene) {
  return (await openTestServer(scene.service)).url
}

test('a call of kiro_chat becomes a task; tasks/get returns its result, from any connection and after a restart', async () => {
  const scene = openScene()
  const url = await open(scene)
  const taskId = await start(url, { message: 'hello', idempotency_key: 'once' })
  const done = await untilStatus(url, taskId, 'completed')
  expect(done).toMatchObject({ resultType: 'complete', statusMessage: 'Done.' })
  expect(done.result).toMatchObject({ structuredContent: { task_id: taskId, status: 'completed' } })
  expect(JSON.stringify(done.result)).toContain('hello')
  await scene.restart()
  const again = await postModern(await open(scene), 'tasks/get', { taskId })
  expect(again.result.result).toEqual(done.result)
})

test('a failed agent is a completed task with isError; one that cannot be run is a failed task', async () => {
  const scene = openScene({
    agents: {
      bad: shellAgent('echo so far; exit 3'),
      missing: { kind: 'command', argv: ['no-such-program-anywhere'], args: [], env: {}, passEnv: [] },
    },
  })
  const url = await open(scene)
  const bad = await untilStatus(url, await start(url, { message: 'x', agent: 'bad' }), 'completed')
  expect(bad.result).toMatchObject({ isError: true, structuredContent: { status: 'failed', exit_code: 3 } })
  expect(JSON.stringify(bad.result)).toContain('so far')
  const lost = await untilStatus(url, await start(url, { message: 'x', agent: 'missing' }), 'failed')
  expect(lost).not.toHaveProperty('result')
  expect(lost.error).toMatchObject({ code: -32_603, data: { code: 'agent_missing' } })
})

test('tasks/cancel is only acknowledged, also the second time, and no process is left', async () => {
  const scene = openScene({ agents: { long: shellAgent('echo begun; sleep 300') } })
  const url = await open(scene)
  const taskId = await start(url, { message: 'x', agent: 'long' })
  await scene.untilText(taskId, 'begun')
  for (const _ of ['once', 'twice']) {
    const { result } = await postModern(url, 'tasks/cancel', { taskId })
    expect(Object.keys(result).sort()).toEqual(['_meta', 'resultType'])
  }
  expect((await postModern(url, 'tasks/get', { taskId })).result).toMatchObject({ status: 'cancelled' })
})

test("an agent's question is an input request; tasks/update passes the response on", async () => {
  const agent = acpAgent({}, { permissions: 'ask' })
  const scene = openScene({ agents: { acp: agent.settings } })
  const url = await open(scene)
  const taskId = await start(url, { agent: 'acp', message: steps({ ask: 'Delete it?' }, { say: 'done' }) })
  const asked = await untilStatus(url, taskId, 'input_required')
  const [[key, request]] = Object.entries(asked.inputRequests as Record<string, { params: object }>) as [
    [string, { params: object }],
  ]
  expect(request).toMatchObject({ method: 'elicitation/create', params: { mode: 'form' } })
  // A client without elicitation is not asked; its result reports the question.
  const { result: unable } = await postModern(url, 'tasks/get', { taskId })
  expect(unable).toMatchObject({ status: 'working', statusMessage: expect.stringContaining('permission') })
  expect(unable).not.toHaveProperty('inputRequests')

  const ignored = { nobody: { action: 'accept', content: { option: 'x' } } }
  const first = await postModern(
    url,
    'tasks/update',
    { taskId, inputResponses: ignored },
    { capabilities: ABLE },
  )
  expect(first.error).toBeUndefined()
  expect((await postModern(url, 'tasks/get', { taskId }, { capabilities: ABLE })).result.status).toBe(
    'input_required',
  )

  const inputResponses = { [key]: { action: 'decline' } }
  await postModern(url, 'tasks/update', { taskId, inputResponses }, { capabilities: ABLE })
  const done = await untilStatus(url, taskId, 'completed')
  expect(JSON.stringify(done.result)).toContain('done')
})

test('without the extension there are no tasks: the call waits, and tasks/… is refused with the name of the extension', async () => {
  const scene = openScene()
  const url = await open(scene)
  const call = { name: 'kiro_chat', arguments: { message: 'short' } }
  const { result } = await postModern(url, 'tools/call', call, { capabilities: {} })
  expect(result).toMatchObject({ resultType: 'complete', structuredContent: { status: 'completed' } })
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
    const rejected = await postModern(url, method, { taskId: 'task-x' }, { capabilities: {} })
    expect(rejected).toMatchObject({ status: 400, error: { code: -32_021 } })
    expect(rejected.error?.data?.requiredCapabilities).toEqual({
      extensions: { 'io.modelcontextprotocol/tasks': {} },
    })
  }
})

test('an unknown task is -32602; tasks/list and tasks/result do not exist in this revision', async () => {
  const url = await open(openScene())
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
    const { error } = await postModern(url, method, { taskId: 'task-none', inputResponses: {} })
    expect(error).toMatchObject({ code: -32_602, data: { code: 'task_not_found' } })
  }
  for (const method of ['tasks/list', 'tasks/result']) {
    expect(await postModern(url, method, { taskId: 'task-none' })).toMatchObject({
      status: 404,
      error: { code: -32_601 },
    })
  }
})

test('kiro_chat_async never becomes a task', async () => {
  const url = await open(openScene())
  const { result } = await postModern(url, 'tools/call', {
    name: 'kiro_chat_async',
    arguments: { message: 'x' },
  })
  expect(result).toMatchObject({ resultType: 'complete', structuredContent: { task_id: expect.any(String) } })
})

test('subscriptions/listen is acknowledged, then reports each status of a task', async () => {
  const scene = openScene({
    agents: { gated: shellAgent('while [ ! -e "$1" ]; do sleep 0.1; done; echo ok') },
  })
  const url = await open(scene)
  const gate = `${scene.directory}/gate`
  const taskId = await start(url, { agent: 'gated', message: gate })
  const gone = new AbortController()
  const response = await sendModern(
    url,
    'subscriptions/listen',
    { notifications: { taskIds: [taskId, 'task-none'] } },
    { capabilities: ABLE, signal: gone.signal },
  )
  const events = eventsOf(response)
  const _meta = { 'io.modelcontextprotocol/subscriptionId': 1 }
  expect((await events.next()).value).toEqual({
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications: { taskIds: [taskId] }, _meta },
  })
  expect((await events.next()).value).toMatchObject({
    method: 'notifications/tasks',
    params: { taskId, status: 'working', _meta },
  })
  await scene.service.cancel(taskId)
  expect((await events.next()).value).toMatchObject({ params: { taskId, status: 'cancelled' } })
  gone.abort()
})

test('a subscription to tasks is refused without the extension; an empty subscription ends at once', async () => {
  const url = await open(openScene())
  const wish = { notifications: { taskIds: ['task-x'] } }
  const rejected = await postModern(url, 'subscriptions/listen', wish, { capabilities: {} })
  expect(rejected).toMatchObject({ status: 400, error: { code: -32_021 } })
  expect((await postModern(url, 'subscriptions/listen', {})).error?.code).toBe(-32_602)
  const events = eventsOf(await sendModern(url, 'subscriptions/listen', { notifications: {} }))
  expect((await events.next()).value).toHaveProperty('params.notifications', {})
  expect((await events.next()).value).toMatchObject({ id: 1, result: { resultType: 'complete' } })
  expect((await events.next()).done).toBe(true)
})
