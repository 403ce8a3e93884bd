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
  look,
  readWhole,
  refusalOfStart,
  startWriter,
  startWriters,
  untilOutput,
  WRITER,
} from './faults/written-tasks.js'
import { inForm } from './form.js'
import { report } from './report.js'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const ROUNDS = inForm({ short: 1, long: 3 })
/** Prints more than any disk of these tests holds. */
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
  const client = await connectHttp(url, readOrCreateToken(join(disk.seen, 'token')).token)
  return { daemon, client }
}

/** Lines of 1, 2, 3, …; at least so many characters. */
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
  `promises 3, 7, 8 and 10: a disk that is full and has room again, ${ROUNDS} times under running tasks (seed ${SEED})`,
  async () => {
    const disk = await openSmallDisk(12 * MB)
    // What tasks write goes to another disk, so that only the database has no room.
    disk.run('mkdir -m 0700 "$1/spool" && mount -t tmpfs -o size=64m,mode=0700 none "$1/spool"')
    const { client } = await openDaemon(disk, environment(disk))
    let tasks = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const order = { count: 5, seed: SEED + 10 * round, bytes: 60_000, pauseMs: 10 }
      const writers = await startWriters(client, order)
      const slow = { seed: SEED, bytes: 100_000, exitCode: 0, pauseMs: 400 }
      const cancelled = await startWriter(client, slow)
      const limited = await startWriter(client, slow, { timeout_seconds: 3 })
      await untilOutput(client, [...writers, cancelled, limited])

      disk.fill()
      const refusal = await refusalOfStart(client)
      expect(refusal).toContain('"code":"storage_full"')
      expect(refusal).toContain('free some space')
      for (const task of writers) await look(client, task)
      const list = await callTool<{ count: number }>(client, 'kiro_task_list', {})
      expect(list.count).toBeGreaterThan(0)
      const cancel = await client.callTool({
        name: 'kiro_task_cancel',
        arguments: { task_id: cancelled.taskId },
      })
      // A little can still be stored where the log is used again from its beginning.
      if (cancel.isError) expect(JSON.stringify(cancel.structuredContent)).toMatch(/"code":"storage_/)
      await waitFor('the end of what was cancelled', () => hasEnded(cancelled.taskId))
      await waitFor('the end of what had a time limit', () => hasEnded(limited.taskId))
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
    await waitFor('no spool to be left', () => readdirSync(join(disk.seen, 'spool')).length === 0)
    report({
      table: 'faults',
      what: 'disk of the database full, and room again, under writing tasks, a cancel and a time limit',
      amount: `${ROUNDS} times, ${tasks} tasks`,
      seen: 'polls answered, starts refused with the remedy, the cancelled one ended at once, the limited one in time; afterwards every text whole by comparison',
    })
  },
)

it.skipIf(!canMount)(
  `promises 3, 6 and 9: a task that fills the disk of its own spool has its failure told, and what it wrote (seed ${SEED})`,
  async () => {
    // With room again there is enough of it for the spool and for all that is stored of it.
    const disk = await openSmallDisk(32 * MB)
    const { client } = await openDaemon(disk, environment(disk))
    disk.take(26 * MB)
    const order = { message: '-', agent: 'counter', working_directory: '/' }
    const { task_id: taskId } = await callTool<{ task_id: string }>(client, 'kiro_chat_async', order)
    // There is room for its exit code, which was taken before.
    await waitFor(
      'its failure',
      () => disk.isFull() && existsSync(join(disk.seen, 'spool', taskId, 'exit-1')),
    )
    expect(await refusalOfStart(client)).toContain('"code":"storage_full"')

    disk.free()
    const { chunks, last } = await readToTheEnd(client, taskId)
    expect(last).toMatchObject({ status: 'failed', end_reason: 'exit', exit_code: 1 })
    const text = textOfChunks(chunks)
    expect(numbersUpTo(text.length).startsWith(text), 'it is what was written').toBe(true)
    const next = await startWriter(client, { seed: SEED + 1, bytes: 5_000, exitCode: 0, pauseMs: 1 })
    await expectAllOf(client, next)
    report({
      table: 'faults',
      what: 'a task fills the disk on which its own spool lies',
      amount: '1 task',
      seen: `its write failed, and so did it (exit code ${last.exit_code}); all that the disk took was stored, the daemon went on`,
    })
  },
)

it.skipIf(!canMount)(
  'promises 3, 4 and 10: a daemon that starts on a full disk ends with one sentence, and the next one takes up all tasks',
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
    const stopped = disk.startDaemon(env)
    expect(await stopped.gone).toBe(3)
    expect(stopped.stderr()).toMatch(/^spoold: [^\n]*full[^\n]*free some space[^\n]*\n$/)
    disk.free()
    const second = await openDaemon(disk, env)
    writeFileSync(gate, '')
    const { chunks, last } = await readToTheEnd(second.client, running)
    expect(textOfChunks(chunks)).toBe('before 日本 after é')
    expect(last).toMatchObject({ status: 'failed', exit_code: 5 })
    report({
      table: 'faults',
      what: 'a daemon starts on a full disk, with a task under way',
      amount: 'once',
      seen: 'exit code 3 and one sentence; with room again the next one took the task up, its text whole',
    })
  },
)
