import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { randomFrom } from '../../bench/harness/random.mjs'
import { isEnded } from '../../src/domain/task.js'
import { salvageDatabase } from '../../src/store/recovery/recover.js'
import { openStore } from '../../src/store/store.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { countUnchanged, differingBytes } from './faults/chunk-comparison.js'
import { type Damage, damageFile } from './faults/damage-file.js'
import { fillDatabase, type KnownTask } from './faults/filled-database.js'
import { inForm } from './form.js'
import { report } from './report.js'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const DAMAGES = inForm({ short: 60, long: 500 })

it(`promises 1 and 9: ${DAMAGES} damaged databases are recovered: each chunk is unchanged or reported as lost (seed ${SEED})`, async () => {
  const random = randomFrom(SEED)
  const directory = tempDirectory('damage')
  const sound = join(directory, 'sound.db')
  const { known, purged } = await fillDatabase(sound, random, 12)
  const sum = { chunks: 0, kept: 0, tasks: 0, whole: 0 }
  for (let n = 0; n < DAMAGES; n += 1) {
    const scene = join(directory, String(n))
    mkdirSync(scene)
    const damaged = join(scene, 'spoold.db')
    // Half of the databases keep their write-ahead log, the others are checkpointed.
    const hasLog = random() < 0.5
    copyFileSync(sound, damaged)
    copyFileSync(`${sound}-wal`, `${damaged}-wal`)
    if (!hasLog) checkpoint(damaged)
    const isLog = hasLog && random() < 0.3
    const damage = damageFile(isLog ? `${damaged}-wal` : damaged, random)
    const hint = `damage ${n}: ${damage.what} ${isLog ? 'in the log' : `in the database, ${hasLog ? 'with' : 'without'} log`}`
    const fresh = join(scene, 'fresh.db')
    if (recovers(damaged, fresh, damage)) {
      const kept = await compare(fresh, { known, purged }, damage, hint)
      sum.kept += kept.chunks
      sum.whole += kept.tasks
    }
    sum.chunks += countChunks(known)
    sum.tasks += known.size
    rmSync(scene, { recursive: true })
  }
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
  report({
    table: 'faults',
    what: 'the database is damaged (bytes, sectors, pages, header, log, truncation), then spoold db --recover',
    amount: `${DAMAGES} databases`,
    seen: `${share(sum.kept, sum.chunks)} of all chunks kept byte for byte, the others reported as lost; ${share(sum.whole, sum.tasks)} of all tasks complete`,
  })
})

/** False if nothing could be recovered, which is reported as an error. */
function recovers(damaged: string, fresh: string, { what }: Damage): boolean {
  try {
    salvageDatabase(damaged, fresh, 9e12)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'storage_corrupt', message: expect.stringContaining(damaged) })
    expect(what).toBe('truncated')
    return false
  }
}

function checkpoint(file: string): void {
  const db = new Database(file)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  expect(existsSync(`${file}-wal`)).toBe(false)
}

function countChunks(known: Map<string, KnownTask>): number {
  return [...known.values()].reduce((sum, { chunks }) => sum + chunks.length, 0)
}

/** The known task with this id, which may itself have a few changed bytes. */
function originalOf(
  id: string,
  tasks: Map<string, KnownTask>,
  { strayBytes }: Damage,
): KnownTask | undefined {
  return (
    tasks.get(id) ??
    [...tasks.values()].find(({ task }) => differingBytes(task.id, id) <= Math.min(strayBytes, 4))
  )
}

/** Counts the chunks and tasks that are unchanged; fails if a chunk is neither unchanged nor reported as lost. */
async function compare(
  file: string,
  { known, purged }: Record<'known' | 'purged', Map<string, KnownTask>>,
  damage: Damage,
  hint: string,
) {
  const db = new Database(file, { readonly: true })
  expect(db.pragma('integrity_check', { simple: true }), hint).toBe('ok')
  expect(db.pragma('foreign_key_check'), hint).toEqual([])
  db.close()
  const store = openStore({ file, durability: 'normal' })
  try {
    const kept = { chunks: 0, tasks: 0 }
    const { tasks } = await store.listTasks({ includeEnded: true, limit: 1_000 })
    for (const { id } of tasks) {
      const page = await store.readChunks(id, { from: 0, maxBytes: 1e9 })
      if (page === undefined) throw new Error(`${id} is listed, but cannot be read`)
      expectWellFormed(page, `${hint}, ${id}`)
      const before = originalOf(id, new Map([...known, ...purged]), damage)
      if (before === undefined) {
        // These chunks lost the row of their task.
        expect(page.task, hint).toMatchObject({ status: 'failed', endReason: 'lost' })
        continue
      }
      if (page.task.status === 'completed') expect(before.task.status, hint).toBe('completed')
      const unchanged = countUnchanged(before.chunks, page.chunks, damage, `${hint}, ${id}`)
      if (purged.has(before.task.id)) continue
      kept.chunks += unchanged
      if (unchanged === before.chunks.length && page.task.status === before.task.status) kept.tasks += 1
    }
    return kept
  } finally {
    store.close()
  }
}

function expectWellFormed({ task, chunks }: KnownTask, hint: string): void {
  expect(
    chunks.map(({ index }) => index),
    hint,
  ).toEqual(chunks.map((_, index) => index))
  expect(task.chunkCount, hint).toBe(chunks.length)
  const times = chunks.map(({ at }) => at)
  expect(times, hint).toEqual([...times].sort((a, b) => a - b))
  const finals = chunks.filter(({ isFinal }) => isFinal).map(({ index }) => index)
  expect(finals, hint).toEqual(isEnded(task) ? [chunks.length - 1] : [])
  const bytes = chunks.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0)
  expect(task.bytes, hint).toBe(bytes)
}
