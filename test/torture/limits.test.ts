import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { expect, it } from 'vitest'
import { callTool, poll, readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { waitFor } from '../helpers/wait-for.js'
import { openFaultScene } from './faults/fault-scene.js'
import { expectAllOf, pollNow, startWriters, untilOutput } from './faults/written-tasks.js'
import { inForm } from './form.js'
import { report } from './report.js'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const canLimit = spawnSync('prlimit', ['--version']).status === 0
const ROUNDS = inForm({ short: 1, long: 3 })

/** Sets the soft limit of open files of a running process. */
function limitFiles(pid: number, limit: number): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--nofile=${limit}:`])
  if (status !== 0) throw new Error(String(stderr))
}

function openFiles(pid: number): number {
  return Math.max(...readdirSync(`/proc/${pid}/fd`).map(Number)) + 1
}

it.skipIf(!canLimit)(
  `promises 3, 6 and 7: a daemon that cannot open files loses no task, reports it, and recovers by itself (seed ${SEED})`,
  async () => {
    const scene = await openFaultScene()
    const daemon = await scene.start()
    const pid = daemon.file.pid
    const client = await scene.connect()
    let tasks = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const request = { count: 5, seed: SEED + 10 * round, bytes: 40_000, pauseMs: 10 }
      const writers = await startWriters(client, request)
      await untilOutput(client, writers)
      // In every other round a few descriptors are free, which are used and freed again.
      limitFiles(pid, round % 2 === 0 ? 3 : openFiles(pid) + 2)
      for (let n = 0; n < 10; n += 1) {
        for (const task of writers) await pollNow(client, task)
        await fetch(new URL('/health', daemon.file.url)).catch(() => {})
      }
      const gated = { message: scene.gate, agent: 'gated', working_directory: '/' }
      const started = await client.callTool({ name: 'kiro_chat_async', arguments: gated })
      const { task_id: taskId } = started.structuredContent as { task_id: string }
      if (round % 2 === 0) {
        const { last } = await readToTheEnd(client, taskId)
        expect(last).toMatchObject({ status: 'failed', end_reason: 'launch_error' })
      }
      const list = await callTool<{ tasks: { task_id: string }[] }>(client, 'kiro_task_list', {
        include_done: true,
        limit: writers.length + 1,
      })
      const listed = list.tasks.map(({ task_id }) => task_id).sort()
      expect(listed).toEqual([taskId, ...writers.map((writer) => writer.taskId)].sort())

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
      scenario: 'no file can be opened (EMFILE) while tasks write',
      amount: `${ROUNDS} times, ${tasks} tasks`,
      result:
        'polls succeed, a start ends as launch_error; afterwards every text is complete without a restart',
    })
  },
)

const { EAGAIN, ENOMEM } = constants.errno

it.each([
  ['EAGAIN', EAGAIN],
  ['ENOMEM', ENOMEM],
])(
  'promise 6: if no process can be started (%s), a task ends as launch_error, and later tasks run',
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
      scenario: `no process can be started (${name})`,
      amount: `${inForm({ short: 3, long: 50 })} starts`,
      result: 'each ended as launch_error; the running task continued, and the next start ran',
    })
  },
)
