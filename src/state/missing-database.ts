import { readdirSync, statSync } from 'node:fs'
import { SpoolError } from '../domain/errors.js'
import type { StatePaths } from './paths.js'

/**
 * Checks that the database is not missing while spools of tasks exist: with a new database, the spools would be removed as
 * those of unknown tasks. Throws SpoolError `storage_corrupt`.
 */
export function assertDatabaseNotMissing({ database, spool }: StatePaths): void {
  const found = statSync(database, { throwIfNoEntry: false })
  if ((found?.size ?? 0) > 0 || !hasEntries(spool)) return
  throw new SpoolError(
    'storage_corrupt',
    `${database} is ${found === undefined ? 'missing' : 'empty'}, but ${spool} contains output of its tasks: ` +
      `put the database (with its -wal file) or a backup back, or move ${spool} away to start with an empty database.`,
  )
}

function hasEntries(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false }) !== undefined && readdirSync(directory).length > 0
}
