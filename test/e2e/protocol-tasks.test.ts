import { writeFileSync } from 'node:fs'
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { expect, it } from 'vitest'
import { openPrinterScene, type PrinterScene } from '../helpers/printer.js'
import { connect1, type Over } from '../helpers/sdk-clients.js'
import { openStdioServer, type StdioServer } from '../helpers/stdio-server.js'
import { waitFor } from '../helpers/wait-for.js'

const CONNECTIONS: [Over, Over][] = [
  ['HTTP', 'stdio'],
  ['stdio', 'HTTP'],
]

it.each(CONNECTIONS)(
  'promise 4: a task of 2025-11-25 that was made over %s is polled over %s after a SIGKILL',
  async (before, after) => {
    const scene = await openPrinterScene()
    const first = await connect1(scene, before)
    const call = { name: 'kiro_chat', arguments: scene.startArguments() }
    const stream = first.experimental.tasks.callToolStream(call, CallToolResultSchema, { task: {} })
    const { value: made } = await stream.next()
    if (made?.type !== 'taskCreated') throw new Error(`no task: ${JSON.stringify(made)}`)
    const { taskId } = made.task
    // The stream would continue to poll while there is no daemon.
    await first.close()
    await scene.restart()

    const { tasks } = (await connect1(scene, after)).experimental
    expect(await tasks.getTask(taskId)).toMatchObject({ taskId, status: 'working' })
    const result = tasks.getTaskResult(taskId, CallToolResultSchema)
    writeFileSync(scene.gate, '')
    expect(await result).toMatchObject({ structuredContent: { task_id: taskId, status: 'completed' } })
    expect(await tasks.getTask(taskId)).toMatchObject({ status: 'completed' })
  },
)

// The SDK's client 2.x does not support the extension, so the test writes the messages itself.
it('promise 4: a task of the 2026-07-28 extension is polled after a SIGKILL, from another connection', async () => {
  const scene = await openPrinterScene()
  const first = openStdioServer(scene.stateDirectory)
  const made = await ask(first, 'tools/call', { name: 'kiro_chat', arguments: scene.startArguments() })
  expect(made).toMatchObject({ resultType: 'task', status: 'working' })
  const { taskId } = made
  await first.end()
  await scene.restart()

  const second = openStdioServer(scene.stateDirectory)
  expect(await ask(second, 'tasks/get', { taskId })).toMatchObject({ taskId, status: 'working' })
  writeFileSync(scene.gate, '')
  const done = await waitFor('the end of the task', async () => {
    const task = await ask(second, 'tasks/get', { taskId })
    return task.status === 'completed' && task
  })
  expect(done.result).toMatchObject({ structuredContent: { task_id: taskId, status: 'completed' } })
})

it('a task of the extension reports its status on one subscription, before and after a SIGKILL', async () => {
  const scene = await openPrinterScene()
  const client = openStdioServer(scene.stateDirectory)
  const { taskId } = await ask(client, 'tools/call', {
    name: 'kiro_chat',
    arguments: scene.startArguments('quiet'),
  })
  client.send({
    id: 'l',
    method: 'subscriptions/listen',
    params: modern({ notifications: { taskIds: [taskId] } }),
  })
  const reported = (status: string) => () =>
    client.written.find(({ method, params }) => method === 'notifications/tasks' && params?.status === status)
  await waitFor('the status', reported('working'))
  await endWhileAway(scene)
  expect(await waitFor('the end', reported('completed'))).toMatchObject({
    params: { taskId, _meta: { 'io.modelcontextprotocol/subscriptionId': 'l' } },
  })
  const acknowledged = client.written.filter(({ method }) => method?.endsWith('/acknowledged'))
  expect(acknowledged).toHaveLength(1)
  expect(client.written.some(({ id }) => id === 'l')).toBe(false)
})

/** The task ends while no daemon runs that could report it, or just after. */
async function endWhileAway(scene: PrinterScene): Promise<void> {
  const restarted = scene.restart()
  writeFileSync(scene.gate, '')
  await restarted
}

const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } }

function modern(params: object) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  }
  return { ...params, _meta }
}

async function ask(stdio: StdioServer, method: string, params: object): Promise<Record<string, unknown>> {
  const id = `request ${stdio.written.length}`
  stdio.send({ id, method, params: modern(params) })
  const answer = await waitFor(`the answer to ${method}`, () =>
    stdio.written.find((message) => message.id === id),
  )
  if (answer.result === undefined) throw new Error(JSON.stringify(answer.error))
  return answer.result
}
