import { linkSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import { createPrivateFile } from '../state/private-file.js'
import { systemCode, writeFailure } from '../state/refusals.js'
import { syncDirectory, syncFile } from '../state/sync-to-disk.js'
import { readDatabase } from './read-database.js'
import { translateSqliteError } from './sqlite-errors.js'

/**
 * Copies a database into a new file as it is at this instant, while others write to it; the copy has no log and no free
 * pages, is on the disk when this returns, and has its name only then. Throws SpoolError `invalid_input` where the file is
 * there already or cannot be made, and the storage errors.
 */
export function backUpDatabase(file: string, target: string): void {
  try {
    // Unlike a rename, a link replaces nothing.
    copyAside(file, target, (aside) => linkSync(aside, target))
  } catch (cause) {
    throw cause instanceof SpoolError ? cause : cannotMake(target, cause)
  }
}

/** The same in the place of a file that may be there already. Throws the storage errors. */
export function replaceWithCopy(file: string, target: string): void {
  try {
    copyAside(file, target, (aside) => renameSync(aside, target))
  } catch (cause) {
    throw cause instanceof SpoolError ? cause : writeFailure(`The copy ${target}`, cause)
  }
}

function copyAside(file: string, target: string, giveName: (aside: string) => void): void {
  const aside = `${target}.${process.pid}.part`
  createPrivateFile(aside, '')
  try {
    copyInto(file, aside)
    syncFile(aside)
    giveName(aside)
    syncDirectory(dirname(target))
  } finally {
    rmSync(aside, { force: true })
  }
}

function copyInto(file: string, empty: string): void {
  try {
    readDatabase(file, (sqlite) => sqlite.prepare('VACUUM INTO ?').run(empty))
  } catch (error) {
    throw translateSqliteError(error, file)
  }
}

function cannotMake(target: string, cause: unknown): SpoolError {
  const code = systemCode(cause)
  const why =
    code === 'EEXIST'
      ? 'is there already: name another file.'
      : `cannot be made (${code}): name another file.`
  return new SpoolError('invalid_input', `${target} ${why}`, { field: 'backup', cause })
}
