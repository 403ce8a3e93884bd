import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/config/settings.js'
import { openDaemon } from '../../src/daemon/daemon.js'
import { postJson } from '../helpers/post-json.js'
import { shellSettings } from '../helpers/shell-settings.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'
import { eventsOf, sendModern } from '../helpers/wire-2026.js'

/* A polite stop: whoever waits gets an answer, of whatever kind the wait is. */

test('every wait is answered, every stream ended in good order, at once and without an error in the log', async () => {
  const stateDirectory = tempState()
  const logFile = join(stateDirectory, '..', 'log')
  const agents = { long: shellSettings('echo begun; sleep 300') }
  const settings = { ...DEFAULT_SETTINGS, port: 0, agents }
  const daemon = await openDaemon({ stateDirectory, settings, logFile })
  onTestFinished(async () => {
    await daemon.close()
    // The tasks go on until somebody ends them.
    const next = await openDaemon({ stateDirectory, settings, logFile })
    const { tasks } = await next.service.list({ includeDone: false, limit: 10 })
    for (const { id } of tasks) await next.service.cancel(id)
    await next.close()
  })
  const { task } = await daemon.service.start({ message: 'x', agent: 'long' })
  await waitFor('output', async () => (await daemon.service.get(task.id)).textBytes > 0)
  const from = (await daemon.service.get(task.id)).chunkCount

  const headers = { authorization: `Bearer ${daemon.tokens.client}` }
  const old = (method: string, params: object) =>
    postJson(daemon.url, { jsonrpc: '2.0', id: 1, method, params }, headers)
  const modern = (method: string, params: Record<string, unknown>) =>
    sendModern(daemon.url, method, params, { capabilities: {}, headers })
  const poll = {
    name: 'kiro_task_status',
    arguments: { task_id: task.id, from_chunk_index: from, wait_ms: 50_000 },
  }
  const chat = { name: 'kiro_chat', arguments: { message: 'y', agent: 'long' } }
  const telling = { _meta: { progressToken: 1 } }
  const waits = {
    'poll 2025': old('tools/call', poll),
    'poll 2026': modern('tools/call', poll),
    'poll 2026 with progress': modern('tools/call', { ...poll, ...telling }),
    'kiro_chat 2025': old('tools/call', chat),
    'kiro_chat 2026': modern('tools/call', chat),
    'tasks/result': old('tasks/result', { taskId: task.id }),
    'subscriptions/listen': modern('subscriptions/listen', {
      notifications: { resourceSubscriptions: ['spool://tasks'] },
    }),
  }
  await waitFor('two more tasks', async () => {
    const { tasks } = await daemon.service.list({ includeDone: false, limit: 10 })
    return tasks.length === 3 && tasks.every(({ textBytes }) => textBytes > 0)
  })
  const answers = Object.entries(waits).map(async ([name, response]) => [name, await lastOf(await response)])
  const start = performance.now()
  await daemon.close()
  const tookMs = performance.now() - start

  const answered = Object.fromEntries(await Promise.all(answers))
  const isOpen = { result: { structuredContent: { is_done: false } } }
  expect(answered).toMatchObject({
    'poll 2025': isOpen,
    'poll 2026': isOpen,
    'poll 2026 with progress': isOpen,
    'kiro_chat 2025': { result: { structuredContent: { is_done: false, task_id: expect.any(String) } } },
    'kiro_chat 2026': { result: { structuredContent: { is_done: false, task_id: expect.any(String) } } },
    'tasks/result': { error: { data: { code: 'shutting_down' } } },
    'subscriptions/listen': { result: { resultType: 'complete' } },
  })
  // The grace of connections that do not end by themselves is 2 s.
  expect(tookMs).toBeLessThan(1_900)
  expect(readFileSync(logFile, 'utf8')).not.toMatch(/"level":50/)
})

/** The last message of an answer, be it JSON or a stream. */
async function lastOf(response: Response): Promise<unknown> {
  if (response.headers.get('content-type') === 'application/json') return response.json()
  let last: unknown
  for await (const message of eventsOf(response)) last = message
  return last
}
