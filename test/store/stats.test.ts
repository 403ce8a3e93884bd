import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openStore } from '../../src/store/store.js'
import { completion, newTask, startedTask } from '../contract/store.js'
import { tempDirectory } from '../helpers/temp-state.js'

function open() {
  const store = openStore({ file: join(tempDirectory('stats'), 'spoold.db'), durability: 'normal' })
  onTestFinished(() => store.close())
  return store
}

it('counts outcomes of tasks, with exact percentiles of durations', async () => {
  const store = open()
  // Started at 2,000; so they took 1 to 100 ms, in no order.
  for (let n = 0; n < 100; n += 1)
    await store.finish(completion(await startedTask(store), 2_001 + ((n * 37) % 100)))
  const failing = await startedTask(store, {
    agent: 'other',
    session: { open: { id: 's', agent: 'other', workingDirectory: '/', at: 1 } },
  })
  const outcome = { status: 'failed' as const, endReason: 'lost' as const, error: 'gone', exitCode: null }
  await store.finish({ ...completion(failing, 2_500), outcome })
  await store.createTask(newTask({ at: 9e10 }), 100)
  const { total, byAgent, byDay } = await store.stats(0)
  expect(total).toMatchObject({ tasks: 102, completed: 100, failed: 1, cancelled: 0, active: 1 })
  expect(byAgent).toMatchObject([
    { name: 'echo', tasks: 101, p50Ms: 50, p95Ms: 95, bytes: 300 },
    { name: 'other', tasks: 1, failed: 1, p50Ms: 500, p95Ms: 500 },
  ])
  expect(byDay.map(({ name, tasks }) => [name, tasks])).toEqual([
    [localDay(1_000), 101],
    [localDay(9e10), 1],
  ])
  expect(await store.stats(9e10)).toMatchObject({ total: { tasks: 1, active: 1, p50Ms: null, p95Ms: null } })
  expect((await store.stats(9e10 + 1)).total).toMatchObject({ tasks: 0, bytes: 0 })
})

it('promise 11: does not count tasks that are being purged', async () => {
  const store = open()
  await store.finish(completion(await startedTask(store)))
  await store.purgeStep(
    { expiredAt: 1e9, sessionsUnusedSince: 0 },
    { startedAt: 1e9, at: 1e9, trigger: 'schedule', record: null },
  )
  expect((await store.stats(0)).total.tasks).toBe(0)
})

function localDay(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`
}
