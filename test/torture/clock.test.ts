import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { callTool, poll, readToTheEnd } from '../helpers/mcp-client.js'
import { waitFor } from '../helpers/wait-for.js'
import { openFaultScene } from './faults/fault-scene.js'
import { expectAllOf, pollNow, startWriter, type WrittenTask } from './faults/written-tasks.js'
import { inForm } from './form.js'
import { report } from './report.js'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const JUMPS = inForm({ short: 6, long: 24 })
const DAY_MS = 24 * 60 * 60 * 1000
const CLOCK = { preload: 'set-clock.mjs', variable: 'TORTURE_CLOCK' }

it(`promises 1, 3 and 7: a clock that jumps by a day ends no task, and times do not decrease (seed ${SEED})`, async () => {
  const scene = await openFaultScene(CLOCK)
  let daemon = await scene.start()
  const client = await scene.connect()
  const writers: WrittenTask[] = []
  for (let n = 0; n < 4; n += 1) {
    const request = { seed: SEED + n, bytes: 40_000, exitCode: n, pauseMs: 12 * Math.max(2, JUMPS / 6) }
    writers.push(await startWriter(client, request, { timeout_seconds: 3_600 }))
  }
  const quiet = await scene.startGated(client, { timeout_seconds: 3_600 })
  for (let jump = 0; jump < JUMPS; jump += 1) {
    const before = writers.map(({ seen }) => seen.length)
    // Also while no daemon runs: the next one must not add a day to the age of a task.
    const isStopped = jump % 2 === 0
    if (isStopped) await daemon.kill('SIGKILL')
    scene.set(String(([1, -1, 0][jump % 3] ?? 0) * DAY_MS))
    if (isStopped) daemon = await scene.start()
    await waitFor('output of all, or their end', async () => {
      for (const task of writers) await pollNow(client, task)
      return writers.every(({ seen }, n) => seen.length > (before[n] ?? 0) || seen.at(-1)?.is_final)
    })
    const { tasks } = await callTool<{ tasks: { task_id: string }[] }>(client, 'kiro_task_list', {})
    expect(tasks.map(({ task_id }) => task_id)).toContain(quiet)
    // A wait lasts exactly as long as requested.
    const from = (await poll(client, quiet, 1, { wait_ms: 20_000 })).next_chunk_index
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
    scenario: 'the clock is set forward and back by a day while tasks run, also while no daemon runs',
    amount: `${JUMPS} jumps`,
    result:
      'no time limit applied, no wait hung, the times of chunks do not decrease, every text is complete',
  })
})

it('promise 11: the purge removes what is past its time by the current clock, and nothing else', async () => {
  const scene = await openFaultScene(CLOCK, { cleanupCron: '* * * * * *', taskTtlSeconds: 3_600 })
  const daemon = await scene.start()
  const client = await scene.connect()
  writeFileSync(scene.gate, '')
  const gated = async (more: Record<string, unknown> = {}) => {
    const taskId = await scene.startGated(client, more)
    await readToTheEnd(client, taskId)
    return taskId
  }
  const exists = async (taskId: string) => {
    const { tasks } = await callTool<{ tasks: { task_id: string }[] }>(client, 'kiro_task_list', {
      include_done: true,
    })
    return tasks.some(({ task_id }) => task_id === taskId)
  }
  const long = await gated({ ttl_seconds: 30 * 24 * 3_600 })
  const short = await gated()
  scene.set(String(-DAY_MS))
  // Its times come from the clock that is behind. That it is purged shows that the purge ran meanwhile.
  const brief = await gated({ ttl_seconds: 1 })
  await waitFor('the purge of the brief task', async () => !(await exists(brief)))
  expect(await exists(short)).toBe(true)
  scene.set(String(DAY_MS))
  await waitFor('the purge of the short task', async () => !(await exists(short)))
  expect(await exists(long)).toBe(true)
  expect(daemon.child.exitCode).toBeNull()
  report({
    table: 'faults',
    scenario: 'the clock is set back and then forward by a day, with a purge each second',
    amount: '3 tasks',
    result: 'each was removed when it was past its time by the clock of that moment, and none before',
  })
})
