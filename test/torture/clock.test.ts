import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { callTool, poll, readToTheEnd } from '../helpers/mcp-client.js'
import { waitFor } from '../helpers/wait-for.js'
import { openFaultScene } from './faults/fault-scene.js'
import { expectAllOf, look, startWriter, type WrittenTask } from './faults/written-tasks.js'
import { inForm } from './form.js'
import { report } from './report.js'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const JUMPS = inForm({ short: 6, long: 24 })
const DAY_MS = 24 * 60 * 60 * 1000
const CLOCK = { preload: 'set-clock.mjs', variable: 'TORTURE_CLOCK' }

it(`promises 1, 3 and 7: a clock that jumps by days ends nothing, and times do not decrease (seed ${SEED})`, async () => {
  const scene = await openFaultScene(CLOCK)
  let daemon = await scene.start()
  const client = await scene.connect()
  const writers: WrittenTask[] = []
  for (let n = 0; n < 4; n += 1) {
    const order = { seed: SEED + n, bytes: 40_000, exitCode: n, pauseMs: 12 * Math.max(2, JUMPS / 6) }
    writers.push(await startWriter(client, order, { timeout_seconds: 3_600 }))
  }
  const quiet = await scene.startGated(client, { timeout_seconds: 3_600 })
  for (let jump = 0; jump < JUMPS; jump += 1) {
    const before = writers.map(({ seen }) => seen.length)
    // Also while no daemon runs: the next one does not take a day for the age of a task.
    const isAway = jump % 2 === 0
    if (isAway) await daemon.kill('SIGKILL')
    scene.set(String(([1, -1, 0][jump % 3] ?? 0) * DAY_MS))
    if (isAway) daemon = await scene.start()
    await waitFor('output of all, or their end', async () => {
      for (const task of writers) await look(client, task)
      return writers.every(({ seen }, n) => seen.length > (before[n] ?? 0) || seen.at(-1)?.is_final)
    })
    const { tasks } = await callTool<{ tasks: { task_id: string }[] }>(client, 'kiro_task_list', {})
    expect(tasks.map(({ task_id }) => task_id)).toContain(quiet)
    // A wait lasts as long as it was to last: neither for ever nor no time.
    const from = (await poll(client, quiet, 0)).next_chunk_index
    const start = performance.now()
    expect(await poll(client, quiet, from, { wait_ms: 300 })).toMatchObject({
      is_done: false,
      new_chunks: [],
    })
    expect(performance.now() - start).toBeGreaterThanOrEqual(290)
  }
  for (const task of writers) await expectAllOf(client, task)
  writeFileSync(scene.gate, '')
  expect((await readToTheEnd(client, quiet)).last).toMatchObject({
    status: 'failed',
    end_reason: 'exit',
    exit_code: 5,
  })
  report({
    table: 'faults',
    what: 'clock set forward and back by a day under running tasks, also while no daemon ran',
    amount: `${JUMPS} jumps`,
    seen: 'no time limit was met, no wait hung, times of chunks do not decrease, every text whole',
  })
})

it('promise 11: the purge takes what is past its time by the clock as it is, and nothing that is not', async () => {
  const scene = await openFaultScene(CLOCK, { cleanupCron: '* * * * * *', taskTtlSeconds: 3_600 })
  const daemon = await scene.start()
  const client = await scene.connect()
  writeFileSync(scene.gate, '')
  const gated = async (more: Record<string, unknown> = {}) => {
    const taskId = await scene.startGated(client, more)
    await readToTheEnd(client, taskId)
    return taskId
  }
  const isThere = async (taskId: string) => {
    const { tasks } = await callTool<{ tasks: { task_id: string }[] }>(client, 'kiro_task_list', {
      include_done: true,
    })
    return tasks.some(({ task_id }) => task_id === taskId)
  }
  const long = await gated({ ttl_seconds: 30 * 24 * 3_600 })
  const short = await gated()
  scene.set(String(-DAY_MS))
  // Dated by the clock that is behind; it is purged, so the purge was at work meanwhile.
  const brief = await gated({ ttl_seconds: 1 })
  await waitFor('the purge of what is past its time', async () => !(await isThere(brief)))
  expect(await isThere(short)).toBe(true)
  scene.set(String(DAY_MS))
  await waitFor('the purge of what is past its time now', async () => !(await isThere(short)))
  expect(await isThere(long)).toBe(true)
  expect(daemon.child.exitCode).toBeNull()
  report({
    table: 'faults',
    what: 'clock set back, then forward by a day, with a purge each second',
    amount: '3 tasks',
    seen: 'each was taken when it was past its time by the clock as it was, and none before',
  })
})
