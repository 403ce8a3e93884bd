import { writeFileSync } from 'node:fs'
import { CallToolResultSchema, ElicitRequestSchema, type Task } from '@modelcontextprotocol/sdk/types.js'
import { expect, test } from 'vitest'
import { connectSdkClient, openTestServer } from '../helpers/http-server.js'
import { waitFor } from '../helpers/wait-for.js'
import { acpAgent, steps } from '../tasks/acp-agent.js'
import { openScene, type Scene, shellAgent } from '../tasks/scene.js'

/* The tasks of 2025-11-25 over the real service, by the SDK's own client. */

async function open(scene: Scene) {
  return connectSdkClient((await openTestServer(scene.service)).url)
}

type SdkClient = Awaited<ReturnType<typeof open>>

async function start(client: SdkClient, args: object, ttl?: number): Promise<Task> {
  const params = { name: 'kiro_chat', arguments: { ...args } }
  const task = ttl === undefined ? {} : { ttl }
  const stream = client.experimental.tasks.callToolStream(params, CallToolResultSchema, { task })
  for await (const message of stream) {
    if (message.type === 'taskCreated') return message.task
    if (message.type === 'error') throw message.error
  }
  throw new Error('no task was made')
}

test('the stream of the SDK ends with the result of kiro_chat', async () => {
  const client = await open(openScene())
  const stream = client.experimental.tasks.callToolStream(
    { name: 'kiro_chat', arguments: { message: 'hello' } },
    CallToolResultSchema,
    { task: {} },
  )
  const kinds: string[] = []
  let result: unknown
  for await (const message of stream) {
    kinds.push(message.type)
    if (message.type === 'result') result = message.result
  }
  expect(kinds[0]).toBe('taskCreated')
  expect(kinds.at(-1)).toBe('result')
  expect(result).toMatchObject({ structuredContent: { status: 'completed' } })
  expect(JSON.stringify(result)).toContain('hello')
})

test('a task is polled, listed and its result read after a restart, from another connection', async () => {
  const scene = openScene({ agents: { long: shellAgent('echo begun; sleep 300') } })
  const task = await start(await open(scene), { message: 'x', agent: 'long' })
  expect(task).toMatchObject({ status: 'working', ttl: null, pollInterval: 2_000 })
  await scene.untilText(task.taskId, 'begun')
  await scene.restart()
  const client = await open(scene)
  const { tasks } = client.experimental
  expect(await tasks.getTask(task.taskId)).toMatchObject({ taskId: task.taskId, status: 'working' })
  expect((await tasks.listTasks()).tasks.map(({ taskId }) => taskId)).toEqual([task.taskId])
  expect(await tasks.cancelTask(task.taskId)).toMatchObject({ status: 'cancelled' })
  const result = await tasks.getTaskResult(task.taskId, CallToolResultSchema)
  expect(result).toMatchObject({
    isError: true,
    structuredContent: { status: 'cancelled' },
    _meta: { 'io.modelcontextprotocol/related-task': { taskId: task.taskId } },
  })
  expect(JSON.stringify(result)).toContain('begun')
  await expect(tasks.cancelTask(task.taskId)).rejects.toMatchObject({ code: -32_602 })
})

test('tasks/result waits for the end, and reports a task that cannot be run as an error', async () => {
  const missing = { kind: 'command', argv: ['no-such-program-anywhere'], args: [], env: {}, passEnv: [] }
  const scene = openScene({
    agents: { missing, gated: shellAgent('while [ ! -e "$1" ]; do sleep 0.1; done; echo ok; exit 4') },
  })
  const client = await open(scene)
  const { tasks } = client.experimental
  const gate = `${scene.directory}/gate`
  const waiting = await start(client, { message: gate, agent: 'gated' })
  const result = tasks.getTaskResult(waiting.taskId, CallToolResultSchema)
  writeFileSync(gate, '')
  expect(await result).toMatchObject({ isError: true, structuredContent: { status: 'failed', exit_code: 4 } })

  const lost = await start(client, { message: 'x', agent: 'missing' })
  await expect(tasks.getTaskResult(lost.taskId, CallToolResultSchema)).rejects.toMatchObject({
    code: -32_603,
  })
  expect(await tasks.getTask(lost.taskId)).toMatchObject({ status: 'failed' })
})

test("an agent's question is asked once while the client waits for the result", async () => {
  const scene = openScene({ agents: { acp: acpAgent({}, { permissions: 'ask' }).settings } })
  const { url } = await openTestServer(scene.service)
  const client = await connectSdkClient(url, { capabilities: { elicitation: {} } })
  const asked: unknown[] = []
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
    asked.push(params)
    return { action: 'decline' }
  })
  const message = steps({ ask: 'run "make"' }, { say: 'after' })
  const { taskId } = await start(client, { agent: 'acp', message })
  const result = await client.experimental.tasks.getTaskResult(taskId, CallToolResultSchema)
  expect(result).toMatchObject({ structuredContent: { status: 'completed' } })
  expect(JSON.stringify(result)).toContain('answer: never')
  expect(asked).toEqual([
    expect.objectContaining({
      message: 'spoold: the agent acp asks for permission: run "make"',
      _meta: expect.objectContaining({ 'io.modelcontextprotocol/related-task': { taskId } }),
    }),
  ])
})

test('a question that somebody else responds to is withdrawn', async () => {
  const scene = openScene({ agents: { acp: acpAgent({}, { permissions: 'ask' }).settings } })
  const { url } = await openTestServer(scene.service)
  const client = await connectSdkClient(url, { capabilities: { elicitation: {} } })
  const taken: boolean[] = []
  client.setRequestHandler(ElicitRequestSchema, async (_, { signal }) => {
    await scene.service.respond({ taskId, text: 'no' })
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    taken.push(signal.aborted)
    return { action: 'accept', content: { option: 'once' } }
  })
  const message = steps({ ask: 'run "make"' }, { say: 'after' })
  const { taskId } = await start(client, { agent: 'acp', message })
  const result = await client.experimental.tasks.getTaskResult(taskId, CallToolResultSchema)
  expect(JSON.stringify(result)).toContain('answer: never')
  await waitFor('the form to be closed', () => taken[0])
})

test('a task is kept as long as its client requests, and never shorter than configured', async () => {
  const scene = openScene()
  const client = await open(scene)
  const short = await start(client, { message: 'x' }, 1_000)
  const long = await start(client, { message: 'x' }, 3_600_000.5)
  expect((await scene.service.get(short.taskId)).ttlMs).toBe(scene.rules.taskTtlMs)
  expect((await scene.service.get(long.taskId)).ttlMs).toBe(3_600_001)
  await expect(start(client, { message: 'x' }, -1)).rejects.toMatchObject({ code: -32_602 })
})

test('tools say whether their calls can be tasks, and kiro_chat_async cannot', async () => {
  const client = await open(openScene())
  const { tools } = await client.listTools()
  const able = tools.filter(({ execution }) => execution?.taskSupport === 'optional')
  expect(able.map(({ name }) => name)).toEqual(['kiro_chat'])
  const params = { name: 'kiro_chat_async', arguments: { message: 'x' }, task: {} }
  await expect(client.request({ method: 'tools/call', params }, CallToolResultSchema)).rejects.toMatchObject({
    code: -32_601,
  })
})

test('promise 10: wrong arguments create no task', async () => {
  const scene = openScene()
  const client = await open(scene)
  await expect(start(client, { message: '' })).rejects.toMatchObject({
    code: -32_602,
    message: expect.stringContaining('message must be text'),
  })
  await expect(client.experimental.tasks.getTask('task-none')).rejects.toMatchObject({ code: -32_602 })
  expect((await client.experimental.tasks.listTasks()).tasks).toEqual([])
})
