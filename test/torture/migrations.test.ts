import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { SCHEMA_VERSION } from '../../src/store/open.js'
import { openStore } from '../../src/store/store.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { inForm } from './form.js'
import { columnsOf, digest, fillOldDatabase } from './migrations/old-data.js'
import { makeDatabase, olderSchemas } from './migrations/released-schemas.js'
import { report } from './report.js'

const LARGE_CHUNKS = inForm({ short: 20_000, long: 1_000_000 })
const here = (name: string) => join(import.meta.dirname, 'migrations', name)

interface OldDatabase {
  /** A database of that schema with data in it, closed. */
  file: string
  columns: Map<string, string[]>
  content: Map<string, string>
}

function oldDatabase(migrations: number, chunks?: number): OldDatabase {
  const file = join(tempDirectory('old'), 'spoold.db')
  const db = makeDatabase(file, migrations)
  fillOldDatabase(db, chunks)
  const columns = columnsOf(db)
  const content = digest(db, columns)
  db.close()
  return { file, columns, content }
}

/** Opens it in a process that dies or runs out of disk there; gives how that ended and how many statements were run. */
function openIn(file: string, dieAt: string): { signal: string | null; said: string; statements: number } {
  const count = join(tempDirectory('count'), 'statements')
  const preload = pathToFileURL(here('die-at-statement.mjs')).href
  const { signal, stdout } = spawnSync(
    process.execPath,
    ['--import', preload, here('open-store.mjs'), file],
    {
      env: { PATH: process.env.PATH, DIE_AT: dieAt, STATEMENTS: count },
      encoding: 'utf8',
    },
  )
  return { signal, said: stdout, statements: signal === null ? Number(readFileSync(count, 'utf8')) : 0 }
}

function expectMigrated(file: string, { columns, content }: OldDatabase): void {
  openStore({ file, durability: 'full' }).close()
  const db = new Database(file, { readonly: true })
  expect(db.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION)
  expect(digest(db, columns)).toEqual(content)
  expect(db.pragma('foreign_key_check')).toEqual([])
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(db.prepare('SELECT count(*) FROM task_history').pluck().get()).toBe(7)
  db.close()
}

describe.each([...olderSchemas()])('the migration from schema %i', (version, migrations) => {
  it('is killed before and after each of its statements, and done by the next daemon with nothing lost', () => {
    const old = oldDatabase(migrations)
    const copy = join(tempDirectory('copy'), 'spoold.db')
    const { statements } = copied(old.file, copy, () => openIn(copy, 'nowhere 0'))
    expect(statements).toBeGreaterThan(10)
    for (let place = 1; place <= statements; place += 1) {
      for (const side of ['before', 'after']) {
        copied(old.file, copy, () => {
          expect(openIn(copy, `${side} ${place}`).signal).toBe('SIGKILL')
          expectMigrated(copy, old)
        })
      }
    }
    // One after the other, on the same database.
    copied(old.file, copy, () => {
      for (let place = statements; place > 0; place -= 3) openIn(copy, `after ${place}`)
      expectMigrated(copy, old)
    })
    report({
      table: 'migrations',
      what: `from schema ${version} to ${SCHEMA_VERSION}, kill -9 before and after each statement, with data in all tables`,
      amount: `${2 * statements} kills`,
      seen: 'all rows of all tables as before, views and foreign keys right',
    })
  })

  it('leaves the old schema whole where the disk is full at any of its statements', () => {
    const old = oldDatabase(migrations)
    const copy = join(tempDirectory('copy'), 'spoold.db')
    const { statements } = copied(old.file, copy, () => openIn(copy, 'nowhere 0'))
    for (let place = 1; place <= statements; place += inForm({ short: 4, long: 1 })) {
      copied(old.file, copy, () => {
        expect(openIn(copy, `full ${place}`).said).toMatch(/^storage_full: .*free some space/i)
        const db = new Database(copy, { readonly: true })
        const left = db.pragma('user_version', { simple: true })
        expect(left === version || left === SCHEMA_VERSION).toBe(true)
        expect(digest(db, old.columns)).toEqual(old.content)
        db.close()
        expectMigrated(copy, old)
      })
    }
  })

  it(`takes a database of ${LARGE_CHUNKS.toLocaleString('en')} chunks along`, () => {
    const old = oldDatabase(migrations, LARGE_CHUNKS)
    const { size } = statSync(old.file)
    const start = performance.now()
    openStore({ file: old.file, durability: 'full' }).close()
    const seconds = (performance.now() - start) / 1000
    const grown = Math.max(0, statSync(old.file).size - size)
    expectMigrated(old.file, old)
    report({
      table: 'migrations',
      what: `from schema ${version} to ${SCHEMA_VERSION}, ${LARGE_CHUNKS.toLocaleString('en')} chunks`,
      amount: `${(size / 2 ** 20).toFixed(0)} MiB`,
      seen: `${seconds.toFixed(1)} s, ${(grown / 2 ** 20).toFixed(1)} MiB more`,
    })
  })
})

/** Does something with a fresh copy; both are closed, so there is one file. */
function copied<T>(from: string, to: string, work: () => T): T {
  for (const suffix of ['-wal', '-shm']) spawnSync('rm', ['-f', to + suffix])
  copyFileSync(from, to)
  return work()
}
