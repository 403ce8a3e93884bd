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

/** A database of an older schema with data in it, closed: one file. */
export interface OldDatabase {
  file: string
  version: number
  /** Of the older schema, and what is in them. */
  columns: Columns
  content: Map<string, string>
  /** Tasks that are not being purged. */
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

/** A copy for one fault. */
export function copyOf({ file }: OldDatabase): string {
  const copy = join(tempDirectory('copy'), 'spoold.db')
  copyFileSync(file, copy)
  return copy
}

/** The next spoold migrates it, and nothing that was in it is missing or changed. */
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

/** It is as it was, or migrated whole. */
export function expectUntouchedOrMigrated(file: string, old: OldDatabase): void {
  const db = new Database(file, { readonly: true })
  expect([old.version, SCHEMA_VERSION]).toContain(db.pragma('user_version', { simple: true }))
  expect(digest(db, old.columns)).toEqual(old.content)
  db.close()
}

/** With the sqlite3 command, all of each view; gives how many tasks there are in the history. */
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
