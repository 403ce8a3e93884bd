import Database from 'better-sqlite3'

/** Looks at a daemon's database from outside. */
export interface Rows {
  /** Throws where anything was committed since the last `accept`. */
  expectUnchanged(): void
  /** What is there now is right. */
  accept(): void
  count(table: 'tasks' | 'sessions' | 'passages'): number
  close(): void
}

export function watchRows(path: string): Rows {
  const file = new Database(path, { readonly: true })
  // SQLite's own number, another one after each commit of another connection: no row changes without it.
  const commits = () => file.pragma('data_version', { simple: true })
  let known = commits()
  return {
    accept() {
      known = commits()
    },
    expectUnchanged() {
      if (commits() !== known) throw new Error('rows were changed')
    },
    count: (table) => file.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number,
    close: () => file.close(),
  }
}
