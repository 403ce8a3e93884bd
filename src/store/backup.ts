import { SpoolError } from '../domain/errors.js'
import { replaceAtomically } from '../state/atomic-write.js'
import { systemCode, writeFailure } from '../state/errors.js'
import { createPrivateFile } from '../state/private-file.js'
import { readDatabase } from './read-database.js'
import { translateSqliteError } from './sqlite-errors.js'

/**
 * Copies a database into a new file while others write to it. The copy is one snapshot, has no log and no free pages,
 * and gets its name only when it is complete and flushed to the disk. Throws SpoolError `invalid_input` if the file exists
 * or cannot be created, and storage errors.
 */
export function backUpDatabase(file: string, target: string): void {
  try {
    replaceAtomically(target, (temporary) => copyDatabase(file, temporary), { replace: false })
  } catch (cause) {
    throw cause instanceof SpoolError ? cause : cannotCreate(target, cause)
  }
}

/** The same, but replaces an existing file. Throws storage errors. */
export function replaceWithCopy(file: string, target: string): void {
  try {
    replaceAtomically(target, (temporary) => copyDatabase(file, temporary))
  } catch (cause) {
    throw cause instanceof SpoolError ? cause : writeFailure(`The copy ${target}`, cause)
  }
}

function copyDatabase(file: string, target: string): void {
  // VACUUM INTO accepts an empty file, and would create a new one with a mode that others can read.
  createPrivateFile(target, '')
  try {
    readDatabase(file, (sqlite) => sqlite.prepare('VACUUM INTO ?').run(target))
  } catch (error) {
    throw translateSqliteError(error, file)
  }
}

function cannotCreate(target: string, cause: unknown): SpoolError {
  const code = systemCode(cause)
  const problem = code === 'EEXIST' ? 'already exists' : `cannot be created (${code})`
  return new SpoolError('invalid_input', `${target} ${problem}: use another file.`, {
    field: 'backup',
    cause,
  })
}
