import { spawnSync } from 'node:child_process'
import { SpoolError } from '../../domain/errors.js'
import { systemCode } from '../../state/errors.js'
import type { StatePaths } from '../../state/paths.js'
import { ExitWith } from '../errors.js'
import { requireDatabase } from './require-database.js'

/** `spoold db --shell`: opens the database read-only in sqlite3 and exits with its exit code. Throws SpoolError `launch_error`. */
export function openShell({ database }: StatePaths): void {
  requireDatabase(database)
  const { status, error } = spawnSync('sqlite3', ['-readonly', database], { stdio: 'inherit' })
  if (error !== undefined) {
    const sentence = `The program sqlite3 cannot be started (${systemCode(error)}): install it, or open ${database} with another program.`
    throw new SpoolError('launch_error', sentence, { cause: error })
  }
  throw new ExitWith(status ?? 1)
}
