import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { expect, test, vi } from 'vitest'
import { withProgress } from '../../src/mcp/progress.js'
import { connectModernClient } from '../helpers/client-2026.js'
import { connectSdkClient, openFrontDoor } from '../helpers/http-server.js'
import { openScene, shellAgent } from '../tasks/scene.js'

/* Progress of waits: real clients that give up sooner than the wait lasts, unless they hear something. */

const SLOW = shellAgent('echo first; echo "last line"; sleep 300')

test.each(['2025', '2026'])(
  'a client of %s hears of a quiet task, and its time limit begins anew',
  async (era) => {
    const workshop = openScene({ agents: { slow: SLOW } })
    const { url } = await openFrontDoor(workshop.service)
    const task = await workshop.start('x', 'slow')
    await workshop.untilText(task.id, 'last line')
    const heard: { progress: number; message?: string | undefined }[] = []
    const options = {
      timeout: 7_000,
      resetTimeoutOnProgress: true,
      onprogress: (told: { progress: number; message?: string | undefined }) => heard.push(told),
    }
    const { chunkCount } = await workshop.service.get(task.id)
    const params = {
      name: 'kiro_task_status',
      arguments: { task_id: task.id, from_chunk_index: chunkCount, wait_for: 'done', wait_ms: 11_000 },
    }
    const result =
      era === '2025'
        ? await (await connectSdkClient(url)).callTool(params, CallToolResultSchema, options)
        : await (await connectModernClient(url)).callTool(params, options)
    expect(result.structuredContent).toMatchObject({ is_done: false })
    expect(heard.length).toBeGreaterThanOrEqual(2)
    expect(heard.map(({ progress }) => progress)).toEqual(
      [...heard.map(({ progress }) => progress)].sort((a, b) => a - b),
    )
    expect(new Set(heard.map(({ progress }) => progress)).size).toBe(heard.length)
    expect(heard[0]?.message).toMatch(/^streaming, .*, \d+ chunks, \d+ B: last line$/)
  },
)

test('nothing is told where nobody asked, and no timer is left behind', async () => {
  const workshop = openScene()
  const signal = new AbortController().signal
  vi.useFakeTimers()
  try {
    await withProgress(workshop.service, 'task-none', { signal }, async () => {
      expect(vi.getTimerCount()).toBe(0)
    })
    const wait = async () => expect(vi.getTimerCount()).toBe(1)
    await withProgress(workshop.service, 'task-none', { signal, progress: async () => {} }, wait)
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
