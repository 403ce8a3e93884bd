import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stateInvalid, writeFailure } from './errors.js'
import { syncDirectory } from './fsync.js'
import type { StatePaths } from './paths.js'

const LOG_SUFFIXES = ['-wal', '-shm']

/**
 * Replaces the damaged database by a new one and keeps the damaged one, with its log, under another name. The damaged
 * one gets its new name before the rename, so nothing is lost if this is interrupted. Throws SpoolError `storage_full`,
 * `storage_readonly` or `state_directory_invalid`.
 *
 * @param stamp part of the new name of the damaged database
 * @returns path of the damaged database
 */
export function replaceDatabase({ database }: StatePaths, newDatabase: string, stamp: string): string {
  const kept = `${database}.damaged-${stamp}`
  if (existsSync(kept)) throw stateInvalid(`${kept} already exists: try again in a second.`)
  try {
    const suffixes = ['', ...LOG_SUFFIXES].filter((suffix) => existsSync(database + suffix))
    for (const suffix of suffixes) linkSync(database + suffix, kept + suffix)
    syncDirectory(dirname(database))
    // SQLite would use them for the new database.
    for (const suffix of LOG_SUFFIXES) rmSync(database + suffix, { force: true })
    renameSync(newDatabase, database)
    syncDirectory(dirname(database))
    return kept
  } catch (cause) {
    throw writeFailure(`The copy ${kept}`, cause)
  }
}

/**
 * Moves the spools of all tasks except the given ones to another directory. The daemon would remove spools of unknown
 * tasks, and they contain the only copy of those tasks' output.
 *
 * @returns path of the other directory; undefined if there are no such spools
 */
export function preserveSpools(
  { spool }: StatePaths,
  taskIds: ReadonlySet<string>,
  stamp: string,
): string | undefined {
  const names = existsSync(spool) ? readdirSync(spool).filter((name) => !taskIds.has(name)) : []
  if (names.length === 0) return undefined
  const kept = `${spool}.damaged-${stamp}`
  try {
    mkdirSync(kept, { mode: 0o700, recursive: true })
    for (const name of names) renameSync(join(spool, name), join(kept, name))
    return kept
  } catch (cause) {
    throw writeFailure(`The spools in ${kept}`, cause)
  }
}
