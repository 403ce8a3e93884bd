import { statSync } from 'node:fs'
import { SpoolError } from '../../domain/errors.js'
import type { StatePaths } from '../../state/paths.js'
import { readDatabase } from '../../store/read-database.js'
import { isSound } from '../../store/recovery/soundness.js'
import { EXIT, ExitWith } from '../errors.js'
import { print, warn } from '../terminal/print.js'
import { formatCount, formatSize } from '../terminal/units.js'
import { requireDatabase } from './require-database.js'

/**
 * `spoold db --check`: reads all of the database, also while the daemon runs. Exit code 1 where something is wrong with it, or
 * it cannot be read, which is told apart.
 */
export function check({ database }: StatePaths): void {
  requireDatabase(database)
  if (!look(database)) {
    print(
      `${database} is damaged. spoold stop; spoold db --recover makes a new one of what can be read, and keeps this one.\n`,
    )
    throw new ExitWith(EXIT.failed)
  }
  print(`${database} is sound: ${describe(database)}.\n`)
}

function look(database: string): boolean {
  try {
    return isSound(database)
  } catch (error) {
    if (!(error instanceof SpoolError)) throw error
    warn(error.message)
    throw new ExitWith(EXIT.failed)
  }
}

function describe(database: string): string {
  return readDatabase(database, (sqlite) => {
    const count = (table: string) => sqlite.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number
    const version = sqlite.pragma('user_version', { simple: true })
    return `schema ${version}, ${formatCount(count('tasks'), 'task')}, ${formatCount(count('chunks'), 'chunk')}, ${sizes(database)}`
  })
}

function sizes(database: string): string {
  const log = statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0
  return `${formatSize(statSync(database).size)}${log > 0 ? ` and a log of ${formatSize(log)}` : ''}`
}
