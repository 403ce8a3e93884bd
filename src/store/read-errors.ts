import Database from 'better-sqlite3'
import { SpoolError } from '../domain/errors.js'
import { refuseForeignNode } from '../state/foreign-node.js'

/**
 * Why a database could not be looked into, though it may well be sound: it is locked, may not be read, or its disk fails.
 * Undefined where the error tells of the database itself. Throws SpoolError `unsupported_platform` where this Node cannot load SQLite.
 *
 * @returns SpoolError `storage_busy`, `storage_readonly` or `storage_failed`
 */
export function unreadable(error: unknown, file: string): SpoolError | undefined {
  refuseForeignNode(error)
  if (!(error instanceof Database.SqliteError)) return undefined
  const { code } = error
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    const sentence = `${file} is locked by another program, so it cannot be read: end that program's transaction and try again.`
    return new SpoolError('storage_busy', sentence, { cause: error })
  }
  // SQLite needs the directory, too: beside a database with a write-ahead log it makes files of its own.
  if (/^SQLITE_(CANTOPEN|PERM|AUTH|READONLY)/.test(code)) {
    const sentence = `${file} cannot be read (${error.message}): make it and its directory readable and writable for you.`
    return new SpoolError('storage_readonly', sentence, { cause: error })
  }
  if (code.startsWith('SQLITE_IOERR')) {
    const sentence = `${file} cannot be read (${error.message}): look at its disk; spoold db --recover takes what can be read.`
    return new SpoolError('storage_failed', sentence, { cause: error })
  }
  return undefined
}
