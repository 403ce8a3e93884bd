import { spawnSync } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../bench/harness/random.mjs'
import { SCHEMA_VERSION } from '../../src/store/schema-version.js'
import { openStore } from '../../src/store/store.js'
import { poll, readToTheEnd, textOfChunks } from '../helpers/mcp-client.js'
import { BIN, cleanEnvironment } from '../helpers/run-cli.js'
import { waitFor } from '../helpers/wait-for.js'
import { openFaultScene } from './faults/fault-scene.js'
import { inForm } from './form.js'
import { downgrade } from './migrations/downgrade.js'
import { copyOf, expectMigrated, expectUntouchedOrMigrated, oldDatabase } from './migrations/old-database.js'
import { DIE_AT_STATEMENT, openInChild } from './migrations/open-in-child.js'
import { olderSchemas } from './migrations/released-schemas.js'
import { report } from './report.js'

/** Repeat a run that failed with SPOOLD_TEST_SEED. */
const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const LARGE_CHUNKS = inForm({ short: 20_000, long: 1_000_000 })
const FULL = /^storage_full: .*free some space/i

const released = [...olderSchemas()]
/** Schema 0 is an empty file, as at a first start. */
const schemas: [number, number][] = [[0, 0], ...released]
const title = (version: number) => `from schema ${version} to ${SCHEMA_VERSION}`

describe.each(schemas)(`the migration from schema %i (seed ${SEED})`, (version, migrations) => {
  it('loses nothing if it is killed before any of its statements or after the last one', async () => {
    const old = oldDatabase(migrations)
    const { statements, ...opening } = await openInChild(copyOf(old))
    expect(opening).toEqual({ signal: null, error: '' })
    expect(statements).toBeGreaterThan(20)
    // A kill before a statement is also one after the previous statement.
    const kills = [`after ${statements}`]
    for (let place = 1; place <= statements; place += 1) kills.push(`before ${place}`)
    for (const kill of kills) {
      const file = copyOf(old)
      expect((await openInChild(file, kill)).signal, kill).toBe('SIGKILL')
      expectMigrated(file, old)
    }
    report({
      table: 'migrations',
      scenario: `${title(version)}, kill -9 before and after each statement${version > 0 ? ', with data in all tables' : ''}`,
      amount: `${kills.length} kills`,
      result: 'all rows of all tables unchanged, views and foreign keys correct',
    })
  })

  it('loses nothing if it is killed repeatedly', async () => {
    const old = oldDatabase(migrations)
    const { statements } = await openInChild(copyOf(old))
    const random = randomFrom(SEED)
    const file = copyOf(old)
    for (let left = inForm({ short: 4, long: 30 }); left > 0; left -= 1) {
      // The last statements are the commit and what follows it.
      const place = 1 + Math.floor(random() * (statements - 5))
      expect((await openInChild(file, `before ${place}`)).signal).toBe('SIGKILL')
      expectUntouchedOrMigrated(file, old)
    }
    expectMigrated(file, old)
  })

  it('leaves the old schema intact if the disk is full at any of its statements', async () => {
    const old = oldDatabase(migrations)
    const { statements } = await openInChild(copyOf(old))
    for (let place = 1; place <= statements; place += inForm({ short: 6, long: 1 })) {
      const file = copyOf(old)
      expect((await openInChild(file, `full ${place}`)).error).toMatch(FULL)
      expectUntouchedOrMigrated(file, old)
      expectMigrated(file, old)
    }
  })

  it('leaves the old schema intact if the disk has space for only a part of it', async () => {
    const old = oldDatabase(migrations)
    let rejections = 0
    for (let pages = 0; ; pages = 2 * pages + 1) {
      const file = copyOf(old)
      const { error } = await openInChild(file, `room ${pages}`)
      expectUntouchedOrMigrated(file, old)
      expectMigrated(file, old)
      if (error === '') break
      expect(error).toMatch(FULL)
      rejections += 1
    }
    expect(rejections).toBeGreaterThan(0)
    report({
      table: 'migrations',
      scenario: `${title(version)}, the disk is full at each statement, or has space for only some pages`,
      amount: `${rejections} disk sizes`,
      result: 'refused with one sentence, all rows unchanged; migrated once there is space',
    })
  })
})

describe.each(released)('the migration from schema %i', (version, migrations) => {
  it(`migrates a database of ${LARGE_CHUNKS.toLocaleString('en')} chunks`, () => {
    const old = oldDatabase(migrations, LARGE_CHUNKS)
    const sizeOf = (end: string) => statSync(old.file + end, { throwIfNoEntry: false })?.size ?? 0
    const before = sizeOf('')
    const start = performance.now()
    const store = openStore({ file: old.file, durability: 'full' })
    const seconds = (performance.now() - start) / 1000
    // The log does not shrink before the store is closed.
    const extraBytes = sizeOf('') + sizeOf('-wal') + sizeOf('-shm') - before
    store.close()
    expectMigrated(old.file, old)
    report({
      table: 'migrations',
      scenario: `${title(version)}, ${LARGE_CHUNKS.toLocaleString('en')} chunks`,
      amount: `${(before / 2 ** 20).toFixed(0)} MiB`,
      result: `${seconds.toFixed(2)} s, needs ${(extraBytes / 2 ** 20).toFixed(1)} MiB of additional disk space`,
    })
  })

  it('promises 3 and 4: if daemons are killed during it, the next one adopts the running task', async () => {
    const scene = await openFaultScene()
    const before = await scene.start()
    const id = await scene.startGated(await scene.connect())
    const client = await scene.connect()
    const seen = await waitFor('the first output', async () => {
      const { new_chunks: chunks } = await poll(client, id, 0)
      return textOfChunks(chunks).startsWith('before') && chunks
    })
    await before.kill('SIGKILL')
    downgrade(scene.paths.database, migrations)
    const random = randomFrom(SEED)
    for (let left = 3; left > 0; left -= 1) {
      const env = { NODE_OPTIONS: DIE_AT_STATEMENT, DIE_AT: `before ${8 + Math.floor(random() * 12)}` }
      const { signal } = spawnSync(process.execPath, [BIN, 'serve'], {
        env: cleanEnvironment(scene.stateDirectory, env),
        timeout: 60_000,
      })
      expect(signal).toBe('SIGKILL')
    }
    await scene.start()
    writeFileSync(scene.gate, '')
    const { chunks, last } = await readToTheEnd(client, id)
    expect(last).toMatchObject({ end_reason: 'exit', exit_code: 5 })
    expect(textOfChunks(chunks)).toBe('before 日本 after é')
    expect(chunks.slice(0, seen.length)).toEqual(seen)
    report({
      table: 'migrations',
      scenario: `${title(version)}, a daemon is killed during the migration while a task runs`,
      amount: '3 kills',
      result: 'the task is adopted, its text is complete',
    })
  })
})
