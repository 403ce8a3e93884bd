import Database from 'better-sqlite3'

/** How long a program is waited for that holds it, ms. */
const BUSY_TIMEOUT_MS = 5_000

/**
 * Does something with a database that is only read, while others may write to it, and closes it. Throws SqliteError where it
 * cannot be opened, and what `work` throws.
 */
export function readDatabase<T>(
  file: string,
  work: (sqlite: Database.Database) => T,
  busyTimeoutMs = BUSY_TIMEOUT_MS,
): T {
  const sqlite = new Database(file, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs })
  try {
    return work(sqlite)
  } finally {
    sqlite.close()
  }
}
