import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { expect, test, vi } from 'vitest'
import { withProgress } from '../../src/mcp/progress.js'
import { connectModernClient } from '../helpers/client-2026.js'
import { connectSdkClient, openTestServer } from '../helpers/http-server.js'
import { waitFor } from '../helpers/wait-for.js'
import { openScene, shellAgent } from '../tasks/scene.js'

/* Progress during waits: real clients whose time limit is shorter than the wait, with the clock of this process under control. */

const SLOW = shellAgent('echo first; echo "last line"; sleep 300')

test.each(['2025', '2026'])(
  'progress reports on a silent task restart the time limit of a client of %s',
  async (era) => {
    const scene = openScene({ agents: { slow: SLOW } })
    const { url } = await openTestServer(scene.service)
    const task = await scene.start('x', 'slow')
    await scene.untilText(task.id, 'last line')
    const { chunkCount } = await scene.service.get(task.id)
    const reports: { progress: number; message?: string | undefined }[] = []
    const options = {
      timeout: 7_000,
      resetTimeoutOnProgress: true,
      onprogress: (report: { progress: number; message?: string | undefined }) => reports.push(report),
    }
    const params = {
      name: 'kiro_task_status',
      arguments: { task_id: task.id, from_chunk_index: chunkCount, wait_for: 'done', wait_ms: 11_000 },
    }
    const callTool =
      era === '2025'
        ? await connectSdkClient(url).then(
            (client) => () => client.callTool(params, CallToolResultSchema, options),
          )
        : await connectModernClient(url).then((client) => () => client.callTool(params, options))
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
    })
    try {
      const result = callTool()
      // The time limit of the client, the wait and the interval of its reports.
      await waitFor('the wait', () => vi.getTimerCount() >= 3)
      for (const count of [1, 2]) {
        await vi.advanceTimersByTimeAsync(5_000)
        await waitFor(`report ${count}`, () => reports.length === count)
      }
      await vi.advanceTimersByTimeAsync(1_000)
      expect((await result).structuredContent).toMatchObject({ is_done: false })
    } finally {
      vi.useRealTimers()
    }
    expect(reports.map(({ progress }) => progress)).toEqual([5, 10])
    expect(reports[0]?.message).toMatch(/^streaming, .*, \d+ chunks, \d+ B: last line$/)
  },
)

test('a client that did not ask gets no report, and no timer is left behind', async () => {
  const scene = openScene()
  const signal = new AbortController().signal
  vi.useFakeTimers()
  try {
    await withProgress(scene.service, 'task-none', { signal }, async () => {
      expect(vi.getTimerCount()).toBe(0)
    })
    const wait = async () => expect(vi.getTimerCount()).toBe(1)
    await withProgress(scene.service, 'task-none', { signal, progress: async () => {} }, wait)
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
