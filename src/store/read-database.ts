import Database from 'better-sqlite3'
import { SpoolError } from '../domain/errors.js'
import { assertNativeModule } from '../state/native-module.js'

/** How long to wait for a program that has locked the database, ms. */
const BUSY_TIMEOUT_MS = 5_000

/**
 * Opens a database read-only, while others may write to it, passes it to `work`, and closes it. Throws SqliteError if it
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

/**
 * The reason why a database cannot be read although it may be sound: it is locked, access is denied, or its disk fails.
 * Undefined if the error is about the content of the database. Throws SpoolError `unsupported_platform` if this Node
 * cannot load SQLite.
 *
 * @returns SpoolError `storage_busy`, `storage_readonly` or `storage_failed`
 */
export function toReadError(error: unknown, file: string): SpoolError | undefined {
  assertNativeModule(error)
  if (!(error instanceof Database.SqliteError)) return undefined
  const { code } = error
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    const sentence = `${file} is locked by another program and cannot be read: end that program's transaction and try again.`
    return new SpoolError('storage_busy', sentence, { cause: error })
  }
  // SQLite needs access to the directory too: it creates files next to a database with a write-ahead log.
  if (/^SQLITE_(CANTOPEN|PERM|AUTH|READONLY)/.test(code)) {
    const sentence = `${file} cannot be read (${error.message}): make it and its directory readable and writable for you.`
    return new SpoolError('storage_readonly', sentence, { cause: error })
  }
  if (code.startsWith('SQLITE_IOERR')) {
    const sentence = `${file} cannot be read (${error.message}): check its disk; spoold db --recover recovers what can be read.`
    return new SpoolError('storage_failed', sentence, { cause: error })
  }
  return undefined
}
