import { readdirSync, statSync } from 'node:fs'
import { SpoolError } from '../domain/errors.js'
import type { StatePaths } from './paths.js'

/**
 * Refuses to begin anew where a database was: spools tell that tasks were in it, and their output would be removed as
 * that of tasks which nobody knows. Throws SpoolError `storage_corrupt`.
 */
export function refuseVanishedDatabase({ database, spool }: StatePaths): void {
  const found = statSync(database, { throwIfNoEntry: false })
  if ((found?.size ?? 0) > 0 || !hasEntries(spool)) return
  throw new SpoolError(
    'storage_corrupt',
    `${database} is ${found === undefined ? 'gone' : 'empty'}, but ${spool} holds the output of tasks that were in it: ` +
      `put the database back (with its -wal file) or a backup; or move ${spool} away to begin anew.`,
  )
}

function hasEntries(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false }) !== undefined && readdirSync(directory).length > 0
}
