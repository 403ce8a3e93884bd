import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'

/** The columns of each table of spoold. */
export type Columns = Map<string, string[]>

export function columnsOf(db: Database.Database): Columns {
  const names = db.prepare<[string], string>('SELECT name FROM pragma_table_info(?) ORDER BY cid').pluck()
  return new Map(['sessions', 'tasks', 'chunks', 'purges'].map((table) => [table, names.all(table)]))
}

/** One hash per table over the given columns of all rows. */
export function digest(db: Database.Database, columns: Columns): Map<string, string> {
  const hashes = new Map<string, string>()
  for (const [table, names] of columns) {
    const hash = createHash('sha256')
    const list = names.map((name) => `"${name}"`).join(', ')
    for (const row of db.prepare(`SELECT ${list} FROM ${table} ORDER BY key`).raw().iterate()) {
      hash.update(JSON.stringify(row))
    }
    hashes.set(table, hash.digest('hex'))
  }
  return hashes
}
