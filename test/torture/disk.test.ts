import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { readOrCreateToken } from '../../src/state/token.js'
import { GATED_AGENT, writeConfigBeside } from '../helpers/gate.js'
import { callTool, connectHttp, poll, readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { canMount, openSmallDisk, type SmallDisk } from './faults/small-disk.js'
import {
  expectAllOf,
  pollNow,
  readWhole,
  startError,
  startWriter,
  startWriters,
  untilOutput,
  WRITER,
} from './faults/written-tasks.js'
import { inForm } from './form.js'
import { report } from './report.js'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const ROUNDS = inForm({ short: 1, long: 3 })
/** Prints more than fits on any disk of these tests. */
const COUNTER = { kind: 'command', argv: ['/bin/sh', '-c', 'exec seq 1 5000000'] }
const MB = 1024 * 1024

function environment(disk: SmallDisk) {
  const config = {
    agents: { writer: WRITER, gated: GATED_AGENT, counter: COUNTER },
    defaultAgent: 'writer',
    killGraceSeconds: 1,
  }
  return { SPOOLD_CONFIG: writeConfigBeside(disk.stateDirectory, config) }
}

async function openDaemon(disk: SmallDisk, env: Record<string, string>) {
  const daemon = disk.startDaemon(env)
  const { url } = await daemon.ready()
  const client = await connectHttp(url, readOrCreateToken(join(disk.visibleDirectory, 'token')).token)
  return { daemon, client }
}

/** The lines 1, 2, 3, … with at least `length` characters in total. */
function numbersUpTo(length: number): string {
  const lines: string[] = []
  for (let n = 1, size = 0; size <= length; n += 1) {
    lines.push(`${n}\n`)
    size += String(n).length + 1
  }
  return lines.join('')
}

const hasEnded = (taskId: string) => processesWith(`SPOOLD_TASK_ID=${taskId}`).length === 0

it.skipIf(!canMount)(
  `promises 3, 7, 8 and 10: the disk fills up and has space again ${ROUNDS} times while tasks run (seed ${SEED})`,
  async () => {
    const disk = await openSmallDisk(12 * MB)
    // The spool is on another disk, so that only the database runs out of space.
    disk.run('mkdir -m 0700 "$1/spool" && mount -t tmpfs -o size=64m,mode=0700 none "$1/spool"')
    const { client } = await openDaemon(disk, environment(disk))
    let tasks = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const request = { count: 5, seed: SEED + 10 * round, bytes: 60_000, pauseMs: 10 }
      const writers = await startWriters(client, request)
      const slow = { seed: SEED, bytes: 100_000, exitCode: 0, pauseMs: 400 }
      const cancelled = await startWriter(client, slow)
      const limited = await startWriter(client, slow, { timeout_seconds: 3 })
      await untilOutput(client, [...writers, cancelled, limited])

      disk.fill()
      const rejection = await startError(client)
      expect(rejection).toContain('"code":"storage_full"')
      expect(rejection).toContain('free some space')
      for (const task of writers) await pollNow(client, task)
      const list = await callTool<{ count: number }>(client, 'kiro_task_list', {})
      expect(list.count).toBeGreaterThan(0)
      const cancel = await client.callTool({
        name: 'kiro_task_cancel',
        arguments: { task_id: cancelled.taskId },
      })
      // A small commit can still fit, because SQLite reuses the log from its beginning.
      if (cancel.isError) expect(JSON.stringify(cancel.structuredContent)).toMatch(/"code":"storage_/)
      await waitFor('the end of the cancelled task', () => hasEnded(cancelled.taskId))
      await waitFor('the end of the limited task', () => hasEnded(limited.taskId))
      await waitFor('the end of all writers', () => writers.every(({ taskId }) => hasEnded(taskId)), {
        timeoutMs: 40_000,
      })

      disk.free()
      for (const task of writers) await expectAllOf(client, task)
      expect((await readWhole(client, cancelled)).last.status).toBe('cancelled')
      expect((await readWhole(client, limited)).last).toMatchObject({
        status: 'failed',
        end_reason: 'timeout',
      })
      tasks += writers.length + 2
    }
    await waitFor('no spool to be left', () => readdirSync(join(disk.visibleDirectory, 'spool')).length === 0)
    report({
      table: 'faults',
      scenario:
        'the disk of the database fills up and has space again, while tasks write, one is cancelled and one reaches its time limit',
      amount: `${ROUNDS} times, ${tasks} tasks`,
      result:
        'polls succeed, starts are refused with the remedy, the cancelled task ends at once, the limited one in time; afterwards every text equals what was written',
    })
  },
)

it.skipIf(!canMount)(
  `promises 3, 6 and 9: a task that fills the disk of its own spool fails, and its output is kept (seed ${SEED})`,
  async () => {
    // Large enough for both the spool and the stored chunks once the used space is released.
    const disk = await openSmallDisk(32 * MB)
    const { client } = await openDaemon(disk, environment(disk))
    disk.use(26 * MB)
    const request = { message: '-', agent: 'counter', working_directory: '/' }
    const { task_id: taskId } = await callTool<{ task_id: string }>(client, 'kiro_chat_async', request)
    // The space for its exit code was reserved before the start.
    await waitFor(
      'its failure',
      () => disk.isFull() && existsSync(join(disk.visibleDirectory, 'spool', taskId, 'exit-1')),
    )
    expect(await startError(client)).toContain('"code":"storage_full"')

    disk.free()
    const { chunks, last } = await readToTheEnd(client, taskId)
    expect(last).toMatchObject({ status: 'failed', end_reason: 'exit', exit_code: 1 })
    const text = textOfChunks(chunks)
    expect(numbersUpTo(text.length).startsWith(text), 'the text is what was written').toBe(true)
    const next = await startWriter(client, { seed: SEED + 1, bytes: 5_000, exitCode: 0, pauseMs: 1 })
    await expectAllOf(client, next)
    report({
      table: 'faults',
      scenario: 'a task fills the disk that holds its own spool',
      amount: '1 task',
      result: `its write failed and the task exited (exit code ${last.exit_code}); everything on the disk was stored, and the daemon continued`,
    })
  },
)

it.skipIf(!canMount)(
  'promises 3, 4 and 10: a daemon that starts on a full disk exits with one sentence, and the next one adopts all tasks',
  async () => {
    const disk = await openSmallDisk(10 * MB)
    const env = environment(disk)
    const first = await openDaemon(disk, env)
    const gate = join(dirname(disk.stateDirectory), 'gate')
    const gated = { message: gate, agent: 'gated', working_directory: '/' }
    const { task_id: running } = await callTool<{ task_id: string }>(first.client, 'kiro_chat_async', gated)
    await waitFor('its output', async () =>
      textOfChunks((await poll(first.client, running, 0)).new_chunks).includes('before'),
    )
    await first.daemon.kill()
    disk.fill()
    const rejected = disk.startDaemon(env)
    expect(await rejected.exited).toBe(3)
    expect(rejected.stderr()).toMatch(/^spoold: [^\n]*full[^\n]*free some space[^\n]*\n$/)
    disk.free()
    const second = await openDaemon(disk, env)
    writeFileSync(gate, '')
    const { chunks, last } = await readToTheEnd(second.client, running)
    expect(textOfChunks(chunks)).toBe('before 日本 after é')
    expect(last).toMatchObject({ status: 'failed', exit_code: 5 })
    report({
      table: 'faults',
      scenario: 'a daemon starts on a full disk while a task runs',
      amount: 'once',
      result:
        'exit code 3 and one sentence; with space again the next daemon adopts the task, and its text is complete',
    })
  },
)
