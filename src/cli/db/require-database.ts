import { statSync } from 'node:fs'
import { SpoolError } from '../../domain/errors.js'

/** Throws SpoolError `not_found` if the database does not exist. */
export function requireDatabase(database: string): void {
  if (statSync(database, { throwIfNoEntry: false }) !== undefined) return
  throw new SpoolError('not_found', `There is no database ${database} yet; spoold start creates it.`)
}
