import { copyFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { expect, it } from 'vitest'
import { poll, readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { processesWith } from '../helpers/processes.js'
import { waitFor } from '../helpers/wait-for.js'
import { openFaultScene } from './faults/fault-scene.js'
import { canMount, openSmallDisk } from './faults/small-disk.js'
import {
  expectAllOf,
  pollNow,
  startError,
  startWriters,
  untilOutput,
  type WrittenTask,
} from './faults/written-tasks.js'
import { inForm } from './form.js'
import { report } from './report.js'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const ROUNDS = inForm({ short: 1, long: 3 })
const STORAGE = { preload: 'storage-fails.mjs', variable: 'TORTURE_STORAGE' }

const hasEnded = ({ taskId }: WrittenTask) => processesWith(`SPOOLD_TASK_ID=${taskId}`).length === 0

async function startWritersWithOutput(client: Client, round: number): Promise<WrittenTask[]> {
  const request = { count: 4, seed: SEED + 10 * round, bytes: 10_000, pauseMs: 12 }
  const writers = await startWriters(client, request)
  await untilOutput(client, writers)
  return writers
}

const FAILURES = {
  SQLITE_READONLY: 'storage_readonly',
  SQLITE_IOERR_WRITE: 'storage_failed',
  SQLITE_BUSY: 'storage_busy',
}

it(`promises 3 and 10: while every commit fails, polls succeed and tasks go on (seed ${SEED})`, async () => {
  const scene = await openFaultScene(STORAGE)
  const daemon = await scene.start()
  const client = await scene.connect()
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [failure, code] of Object.entries(FAILURES)) {
      const writers = await startWritersWithOutput(client, round)
      scene.set(failure)
      expect(await startError(client)).toContain(`"code":"${code}"`)
      for (const task of writers) await pollNow(client, task)
      await waitFor('the end of all writers', () => writers.every(hasEnded))
      scene.set(undefined)
      for (const task of writers) await expectAllOf(client, task)
    }
  }
  expect(daemon.child.exitCode).toBeNull()
  report({
    table: 'faults',
    scenario: `every commit fails while tasks write: ${Object.keys(FAILURES).join(', ')}`,
    amount: `${3 * ROUNDS} times, ${12 * ROUNDS} tasks`,
    result:
      'polls succeed, starts are refused with the error code of the cause; afterwards every text is complete',
  })
})

it(`promises 2, 3 and 10: a database that is moved away receives no more writes, and is used again once it is back (seed ${SEED})`, async () => {
  const scene = await openFaultScene()
  const daemon = await scene.start()
  const client = await scene.connect()
  const { database } = scene.paths
  for (let round = 0; round < ROUNDS; round += 1) {
    const writers = await startWritersWithOutput(client, round)
    renameSync(database, `${database}.away`)
    // Every other round another file takes its place.
    if (round % 2 === 1) copyFileSync(`${database}.away`, database)
    expect(await startError(client)).toContain('was removed or replaced')
    for (const task of writers) await pollNow(client, task)
    await waitFor('the end of all writers', () => writers.every(hasEnded))
    renameSync(`${database}.away`, database)
    for (const task of writers) await expectAllOf(client, task)
  }
  expect(daemon.child.exitCode).toBeNull()
  report({
    table: 'faults',
    scenario: 'the database file is moved away or replaced while tasks write, then restored',
    amount: `${ROUNDS} times, ${4 * ROUNDS} tasks`,
    result: 'starts are refused with the remedy, polls succeed; afterwards every text is complete',
  })
})

it('promises 3 and 4: a log that is removed receives no more writes, and a restart loses nothing that a client saw', async () => {
  const scene = await openFaultScene()
  const daemon = await scene.start()
  const client = await scene.connect()
  const taskId = await scene.startGated(client)
  await waitFor('its output', async () =>
    textOfChunks((await poll(client, taskId, 0)).new_chunks).includes('before'),
  )
  const seen = (await poll(client, taskId, 0)).new_chunks
  rmSync(`${scene.paths.database}-wal`)
  expect(await startError(client)).toContain('spoold restart')
  await daemon.stop()
  await scene.start()
  writeFileSync(scene.gate, '')
  const { chunks, last } = await readToTheEnd(client, taskId)
  expect(chunks.slice(0, seen.length)).toEqual(seen)
  expect(textOfChunks(chunks)).toBe('before 日本 after é')
  expect(last).toMatchObject({ status: 'failed', exit_code: 5 })
})

it.skipIf(!canMount)(
  'promise 10: a database file that cannot be written is named in one sentence',
  async () => {
    const disk = await openSmallDisk(8 * 1024 * 1024)
    const first = disk.startDaemon({})
    await first.ready()
    await first.kill()
    disk.run('mount --bind "$1/spoold.db" "$1/spoold.db" && mount -o remount,bind,ro "$1/spoold.db"')
    const rejected = disk.startDaemon({})
    expect(await rejected.exited).toBe(3)
    expect(rejected.stderr()).toMatch(/^spoold: [^\n]*cannot be written[^\n]*\n$/)
    expect(rejected.stderr()).toContain(join(disk.stateDirectory, 'spoold.db'))
    disk.run('umount "$1/spoold.db"')
    await disk.startDaemon({}).ready()
  },
)
