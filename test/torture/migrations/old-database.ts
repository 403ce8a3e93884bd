import { spawnSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { SCHEMA_VERSION } from '../../../src/store/schema-version.js'
import { openStore } from '../../../src/store/store.js'
import { tempDirectory } from '../../helpers/temp-state.js'
import { type Columns, columnsOf, digest } from '../faults/row-digest.js'
import { fillOldDatabase } from './old-data.js'
import { makeDatabase } from './released-schemas.js'

/** A closed database of an older schema with data; one file without a log. */
export interface OldDatabase {
  file: string
  version: number
  /** The columns of the older schema. */
  columns: Columns
  /** The digests of their content. */
  content: Map<string, string>
  /** The number of tasks that are not being purged. */
  visibleTasks: number
}

export function oldDatabase(migrations: number, chunks?: number): OldDatabase {
  const file = join(tempDirectory('old'), 'spoold.db')
  const db = makeDatabase(file, migrations)
  const visibleTasks = migrations > 0 ? fillOldDatabase(db, chunks) : 0
  const version = db.pragma('user_version', { simple: true }) as number
  const columns: Columns = migrations > 0 ? columnsOf(db) : new Map()
  const content = digest(db, columns)
  db.close()
  return { file, version, columns, content, visibleTasks }
}

/** A copy of the database, for one fault. */
export function copyOf({ file }: OldDatabase): string {
  const copy = join(tempDirectory('copy'), 'spoold.db')
  copyFileSync(file, copy)
  return copy
}

/** Opens the store, which migrates the database, and checks that no row is missing or changed. */
export function expectMigrated(file: string, old: OldDatabase): void {
  openStore({ file, durability: 'full' }).close()
  const db = new Database(file, { readonly: true })
  expect(db.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION)
  expect(digest(db, old.columns)).toEqual(old.content)
  expect(db.pragma('foreign_key_check')).toEqual([])
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  db.close()
  expect(readViews(file)).toBe(old.visibleTasks)
}

/** The database is unchanged or completely migrated. */
export function expectUntouchedOrMigrated(file: string, old: OldDatabase): void {
  const db = new Database(file, { readonly: true })
  expect([old.version, SCHEMA_VERSION]).toContain(db.pragma('user_version', { simple: true }))
  expect(digest(db, old.columns)).toEqual(old.content)
  db.close()
}

/** Reads all views with the sqlite3 command. Returns the number of tasks in task_history. */
function readViews(file: string): number {
  const views = ['task_transcript', 'task_text', 'purge_history', 'task_history']
  const sql = [...views.map((view) => `SELECT * FROM ${view};`), 'SELECT count(*) FROM task_history;']
  const { stdout, stderr } = spawnSync('sqlite3', ['-readonly', file, sql.join('')], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  })
  expect(stderr).toBe('')
  return Number(stdout.trimEnd().split('\n').at(-1))
}
