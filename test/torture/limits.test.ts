import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { expect, it } from 'vitest'
import { callTool, poll, readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { waitFor } from '../helpers/wait-for.js'
import { openFaultScene } from './faults/fault-scene.js'
import { expectAllOf, look, startWriters, untilOutput } from './faults/written-tasks.js'
import { inForm } from './form.js'
import { report } from './report.js'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const canLimit = spawnSync('prlimit', ['--version']).status === 0
const ROUNDS = inForm({ short: 1, long: 3 })

/** The soft limit of open files of a running process; as it was, without a number. */
function limitFiles(pid: number, most: number | string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`])
  if (status !== 0) throw new Error(String(stderr))
}

function openFiles(pid: number): number {
  return Math.max(...readdirSync(`/proc/${pid}/fd`).map(Number)) + 1
}

it.skipIf(!canLimit)(
  `promises 3, 6 and 7: a daemon that can open no more files loses no task, says so, and goes on by itself (seed ${SEED})`,
  async () => {
    const scene = await openFaultScene()
    const daemon = await scene.start()
    const pid = daemon.file.pid
    const client = await scene.connect()
    let tasks = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const order = { count: 5, seed: SEED + 10 * round, bytes: 40_000, pauseMs: 10 }
      const writers = await startWriters(client, order)
      await untilOutput(client, writers)
      // Once all at once, once with a few left, which come and go.
      limitFiles(pid, round % 2 === 0 ? 3 : openFiles(pid) + 2)
      for (let n = 0; n < 10; n += 1) {
        for (const task of writers) await look(client, task)
        await fetch(new URL('/health', daemon.file.url)).catch(() => {})
      }
      const gated = { message: scene.gate, agent: 'gated', working_directory: '/' }
      const refused = await client.callTool({ name: 'kiro_chat_async', arguments: gated })
      const { task_id: taskId } = refused.structuredContent as { task_id: string }
      if (round % 2 === 0) {
        const { last } = await readToTheEnd(client, taskId)
        expect(last).toMatchObject({ status: 'failed', end_reason: 'launch_error' })
      }
      const { tasks: active } = await callTool<{ tasks: { status: string }[] }>(client, 'kiro_task_list', {})
      expect(active.length).toBeGreaterThanOrEqual(writers.length)

      limitFiles(pid, 4_096)
      for (const task of writers) await expectAllOf(client, task)
      writeFileSync(scene.gate, '')
      await readToTheEnd(client, taskId)
      const after = await scene.startGated(await scene.connect())
      expect(textOfChunks((await readToTheEnd(client, after)).chunks)).toBe('before 日本 after é')
      tasks += writers.length
    }
    expect(daemon.child.exitCode).toBeNull()
    report({
      table: 'faults',
      what: 'no file can be opened (EMFILE), under writing tasks',
      amount: `${ROUNDS} times, ${tasks} tasks`,
      seen: 'polls answered, a start told as launch_error; with files again every text whole, by itself',
    })
  },
)

const { EAGAIN, ENOMEM } = constants.errno

it.each([
  ['EAGAIN', EAGAIN],
  ['ENOMEM', ENOMEM],
])(
  'promise 6: where no process can be started (%s), a task is told as launch_error, and the next one runs',
  async (name, code) => {
    const scene = await openFaultScene({ preload: 'spawn-fails.mjs', variable: 'TORTURE_SPAWN' })
    const daemon = await scene.start()
    const client = await scene.connect()
    const running = await scene.startGated(client)
    await waitFor('its output', async () =>
      textOfChunks((await poll(client, running, 0)).new_chunks).includes('before'),
    )
    scene.set(String(-code))
    for (let n = 0; n < inForm({ short: 3, long: 50 }); n += 1) {
      const { last, chunks } = await readToTheEnd(client, await scene.startGated(client))
      expect(last).toMatchObject({ status: 'failed', end_reason: 'launch_error', exit_code: null })
      expect(chunks.at(-1)).toMatchObject({ kind: 'error', content: expect.stringContaining(name) })
    }
    await expect(callTool(client, 'kiro_agents_list', {})).resolves.toBeDefined()
    scene.set(undefined)
    writeFileSync(scene.gate, '')
    expect(textOfChunks((await readToTheEnd(client, running)).chunks)).toBe('before 日本 after é')
    const next = await readToTheEnd(client, await scene.startGated(client))
    expect(next.last).toMatchObject({ status: 'failed', exit_code: 5 })
    expect(daemon.child.exitCode).toBeNull()
    report({
      table: 'faults',
      what: `no process can be started (${name})`,
      amount: `${inForm({ short: 3, long: 50 })} starts`,
      seen: 'each told as launch_error; the running task went on, and the next start ran',
    })
  },
)
