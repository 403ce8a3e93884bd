import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { randomFrom } from '../../bench/harness/random.mjs'
import { isEnded } from '../../src/domain/task.js'
import { salvageDatabase } from '../../src/store/recovery/recover.js'
import { openStore } from '../../src/store/store.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { type Damage, damageFile } from './faults/damage-file.js'
import { fillDatabase, type KnownTask } from './faults/filled-database.js'
import { countSame, differs } from './faults/told-or-lost.js'
import { inForm } from './form.js'
import { report } from './report.js'

const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)
const DAMAGES = inForm({ short: 60, long: 500 })

it(`promises 1 and 9: what is salvaged of ${DAMAGES} damaged databases is what was there, or is told as lost (seed ${SEED})`, async () => {
  const random = randomFrom(SEED)
  const directory = tempDirectory('damage')
  const sound = join(directory, 'sound.db')
  const { known, purged } = await fillDatabase(sound, random, 12)
  const sum = { chunks: 0, kept: 0, tasks: 0, whole: 0 }
  for (let n = 0; n < DAMAGES; n += 1) {
    const scene = join(directory, String(n))
    mkdirSync(scene)
    const damaged = join(scene, 'spoold.db')
    // With its log, or as a checkpoint leaves it.
    const hasLog = random() < 0.5
    copyFileSync(sound, damaged)
    copyFileSync(`${sound}-wal`, `${damaged}-wal`)
    if (!hasLog) checkpoint(damaged)
    const isLog = hasLog && random() < 0.3
    const damage = damageFile(isLog ? `${damaged}-wal` : damaged, random)
    const hint = `damage ${n}: ${damage.what} ${isLog ? 'in the log' : `in the database, ${hasLog ? 'with' : 'without'} log`}`
    const fresh = join(scene, 'fresh.db')
    if (salvage(damaged, fresh, damage)) {
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
    what: 'database damaged: bytes, sectors, pages, header, log, end cut off; spoold db --recover',
    amount: `${DAMAGES} databases`,
    seen: `${share(sum.kept, sum.chunks)} of all chunks kept, byte for byte, the others told as lost; ${share(sum.whole, sum.tasks)} of all tasks whole`,
  })
})

/** False where nothing is left that could be read, which is refused. */
function salvage(damaged: string, fresh: string, { what }: Damage): boolean {
  try {
    salvageDatabase(damaged, fresh, 9e12)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'storage_corrupt', message: expect.stringContaining(damaged) })
    expect(what).toBe('cut')
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

/** An id is text, too: where single bytes were changed, it can be one that differs in them. */
function original(id: string, tasks: Map<string, KnownTask>, { strayBytes }: Damage): KnownTask | undefined {
  return (
    tasks.get(id) ?? [...tasks.values()].find(({ task }) => differs(task.id, id) <= Math.min(strayBytes, 4))
  )
}

/** How many chunks and whole tasks are there; fails where anything else than the truth or a loss is told. */
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
      if (page === undefined) throw new Error(`${id} is listed, but not there`)
      expectWellFormed(page, `${hint}, ${id}`)
      const before = original(id, new Map([...known, ...purged]), damage)
      if (before === undefined) {
        // Chunks that lost their task.
        expect(page.task, hint).toMatchObject({ status: 'failed', endReason: 'lost' })
        continue
      }
      if (page.task.status === 'completed') expect(before.task.status, hint).toBe('completed')
      const same = countSame(before.chunks, page.chunks, damage, `${hint}, ${id}`)
      if (purged.has(before.task.id)) continue
      kept.chunks += same
      if (same === before.chunks.length && page.task.status === before.task.status) kept.tasks += 1
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
