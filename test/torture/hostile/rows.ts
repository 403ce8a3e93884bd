import Database from 'better-sqlite3'

/** Watches a daemon's database over a connection of the test. */
export interface Rows {
  /** Throws if anything was committed since the last `accept`. */
  expectUnchanged(): void
  /** Accepts the current content. */
  accept(): void
  count(table: 'tasks' | 'sessions' | 'passages'): number
  close(): void
}

export function watchRows(path: string): Rows {
  const file = new Database(path, { readonly: true })
  // SQLite changes this number with each commit of another connection, so no row can change without it.
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
