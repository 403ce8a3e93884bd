import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { StatePaths } from './paths.js'
import { stateInvalid, writeFailure } from './refusals.js'
import { syncDirectory } from './sync-to-disk.js'

const COMPANIONS = ['-wal', '-shm']

/**
 * Puts a new database in the place of the damaged one, which stays under a name of its own, with its log. The new one
 * takes its place by a rename, and the damaged one has its second name on the disk before: whenever this ends, nothing is
 * gone. Throws SpoolError `storage_full`, `storage_readonly` or `state_directory_invalid`.
 *
 * @param stamp tells the damaged one from others, and is part of its name
 * @returns the path of the damaged one
 */
export function replaceDatabase({ database }: StatePaths, fresh: string, stamp: string): string {
  const kept = `${database}.damaged-${stamp}`
  if (existsSync(kept)) throw stateInvalid(`${kept} is there already: try again in a second.`)
  try {
    const ends = ['', ...COMPANIONS].filter((end) => existsSync(database + end))
    for (const end of ends) linkSync(database + end, kept + end)
    syncDirectory(dirname(database))
    // SQLite would take them for those of the new one.
    for (const end of COMPANIONS) rmSync(database + end, { force: true })
    renameSync(fresh, database)
    syncDirectory(dirname(database))
    return kept
  } catch (cause) {
    throw writeFailure(`The copy ${kept}`, cause)
  }
}

/**
 * Takes the spools of all tasks but these out of the daemon's reach, since it removes those of tasks that it does not
 * know: they are all that is left of what such a task printed.
 *
 * @returns where they are; undefined where there are none
 */
export function setSpoolsAside(
  { spool }: StatePaths,
  known: ReadonlySet<string>,
  stamp: string,
): string | undefined {
  const names = existsSync(spool) ? readdirSync(spool).filter((name) => !known.has(name)) : []
  if (names.length === 0) return undefined
  const aside = `${spool}.damaged-${stamp}`
  try {
    mkdirSync(aside, { mode: 0o700, recursive: true })
    for (const name of names) renameSync(join(spool, name), join(aside, name))
    return aside
  } catch (cause) {
    throw writeFailure(`The spools in ${aside}`, cause)
  }
}
