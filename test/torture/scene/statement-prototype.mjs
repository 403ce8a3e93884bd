import Database from 'better-sqlite3'

/**
 * The prototype of all statements of better-sqlite3 in this process, including BEGIN and COMMIT of transactions. Preloaded
 * programs replace its `run` (and `all` and `get`, for pragmas). `this.source` is the SQL.
 *
 * @returns {Record<'run' | 'all' | 'get', (...values: unknown[]) => unknown>}
 */
export function statementPrototype() {
  const memory = new Database(':memory:')
  try {
    return Object.getPrototypeOf(memory.prepare('SELECT 1'))
  } finally {
    memory.close()
  }
}
