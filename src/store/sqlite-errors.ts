import Database from 'better-sqlite3'
import { SpoolError } from '../domain/errors.js'

/** A rule of the schema was broken: our own error, and the same step is refused for ever, whatever the storage. */
export function breaksRule(error: unknown): error is Database.SqliteError {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT')
}

/**
 * Says in spoold's words what SQLite refused. SpoolErrors pass as they are.
 *
 * @param file path of the database, named in the sentence
 */
export function translateSqliteError(error: unknown, file: string): SpoolError {
  if (error instanceof SpoolError) return error
  // Drizzle puts an error of its own around some of SQLite's, a migration's among them.
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
      `The disk with ${file} is full; free some space, nothing was changed and spoold goes on by itself.`,
      { cause: error },
    )
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM') {
    return new SpoolError(
      'storage_readonly',
      `The database ${file} cannot be written (${error.message}); make its directory writable for this user.`,
      { cause: error },
    )
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new SpoolError(
      'storage_corrupt',
      `${file} is damaged or not a SQLite database (${error.message}). spoold leaves it untouched: ` +
        'run `spoold stop`, then `spoold db --recover`, which salvages what can be read and keeps the damaged file, ' +
        'or put a backup in its place.',
      { cause: error },
    )
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new SpoolError(
      'storage_busy',
      `The database ${file} is locked by another program; end its transaction and try again.`,
      { cause: error },
    )
  }
  if (breaksRule(error)) {
    const sentence = `The database ${file} refused a step that breaks its rules (${error.message}); that is an error of spoold's.`
    return new SpoolError('internal', sentence, { cause: error })
  }
  return new SpoolError('storage_failed', `The database ${file} failed: ${error.message} (${code}).`, {
    cause: error,
  })
}
