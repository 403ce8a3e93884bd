import Database from 'better-sqlite3'

/**
 * What all statements of better-sqlite3 in this process share, BEGIN and COMMIT of its transactions among them: programs that are
 * preloaded put their own `run` there (and `all` and `get`, for pragmas). `this.source` is the SQL.
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
