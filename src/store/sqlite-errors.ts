import Database from 'better-sqlite3'
import { SpoolError } from '../domain/errors.js'

/** Whether a constraint of the schema was violated: a bug of spoold, not a failure of the storage. */
export function isConstraintViolation(error: unknown): error is Database.SqliteError {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT')
}

/**
 * The SpoolError for an error of SQLite. SpoolErrors are returned unchanged.
 *
 * @param file path of the database, for the message
 */
export function translateSqliteError(error: unknown, file: string): SpoolError {
  if (error instanceof SpoolError) return error
  // Drizzle wraps some errors of SQLite, for example in migrations.
  if (error instanceof Error && error.cause instanceof Database.SqliteError) {
    return translateSqliteError(error.cause, file)
  }
  if (!(error instanceof Database.SqliteError)) {
    return new SpoolError('internal', `The database ${file} failed: ${String(error)}`, { cause: error })
  }
  const { code } = error
  if (code === 'SQLITE_FULL') {
    return new SpoolError(
      'storage_full',
      `The disk with ${file} is full. Nothing was changed; free some space and spoold continues by itself.`,
      { cause: error },
    )
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM') {
    return new SpoolError(
      'storage_readonly',
      `The database ${file} cannot be written (${error.message}); make it and its directory writable for this user.`,
      { cause: error },
    )
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new SpoolError(
      'storage_corrupt',
      `${file} is damaged or not a SQLite database (${error.message}). It was left untouched: ` +
        'run `spoold stop`, then `spoold db --recover`, which recovers what can be read and keeps the damaged file, ' +
        'or restore a backup.',
      { cause: error },
    )
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new SpoolError(
      'storage_busy',
      `The database ${file} is locked by another program; end that program's transaction and try again.`,
      { cause: error },
    )
  }
  if (isConstraintViolation(error)) {
    const sentence = `A step violates a constraint of the database ${file} (${error.message}); this is a bug in spoold.`
    return new SpoolError('internal', sentence, { cause: error })
  }
  return new SpoolError('storage_failed', `The database ${file} failed: ${error.message} (${code}).`, {
    cause: error,
  })
}
