import { expect, test } from 'vitest'
import { openTestServer } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'
import { waitFor } from '../helpers/wait-for.js'
import { requestLegacy } from '../helpers/wire-2025.js'
import { eventsOf } from '../helpers/wire-2026.js'
import { openScene } from '../tasks/scene.js'

/* The status of tasks of 2025-11-25 on the way to their end, and in pages, as it goes over the wire. */

async function resultOf(response: Promise<Response>) {
  return ((await (await response).json()) as { result: Record<string, unknown> }).result
}

const QUESTION = {
  id: 'q1',
  text: 'rm -rf build',
  options: [{ id: 'yes', label: 'Yes', kind: 'allow_once' as const }],
}

test("tasks/get reports the agent's question and how to respond to it", async () => {
  const service = memoryService()
  const { url } = await openTestServer(service)
  const { task } = await service.start({ message: 'x' })
  service.ask(task.id, QUESTION)
  expect(await resultOf(requestLegacy(url, 'tasks/get', { taskId: task.id }))).toMatchObject({
    status: 'input_required',
    statusMessage: expect.stringMatching(/rm -rf build.*kiro_task_respond/),
  })
})

test('tasks/result reports each status on its stream, then the result', async () => {
  const service = memoryService()
  const { url } = await openTestServer(service)
  const { task } = await service.start({ message: 'x' })
  const asked = requestLegacy(url, 'tasks/result', { taskId: task.id })
  await waitFor('the wait', () => service.calls.includes('watch'))
  service.print(task.id, 'text', 'Hi')
  service.complete(task.id)
  const messages: Record<string, unknown>[] = []
  for await (const message of eventsOf(await asked)) messages.push(message)
  expect(messages).toMatchObject([
    { method: 'notifications/tasks/status', params: { taskId: task.id, status: 'completed' } },
    { id: 1, result: { structuredContent: { task_id: task.id, status: 'completed' } } },
  ])
})

test('tasks/list comes in pages, newest first', async () => {
  const scene = openScene({ over: { concurrency: 0 } })
  const { url } = await openTestServer(scene.service)
  const started: string[] = []
  for (let n = 0; n < 51; n += 1) started.unshift((await scene.start(`${n}`)).id)
  const first = await resultOf(requestLegacy(url, 'tasks/list', {}))
  const second = await resultOf(requestLegacy(url, 'tasks/list', { cursor: first.nextCursor }))
  const ids = [first, second].flatMap(({ tasks }) =>
    (tasks as { taskId: string }[]).map(({ taskId }) => taskId),
  )
  expect(ids).toEqual(started)
  expect(second).not.toHaveProperty('nextCursor')
})
