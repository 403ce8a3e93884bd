import { statSync } from 'node:fs'
import { SpoolError } from '../../domain/errors.js'
import type { StatePaths } from '../../state/paths.js'
import { countRows } from '../../store/inspect.js'
import { isSound } from '../../store/recovery/soundness.js'
import { EXIT, ExitWith } from '../errors.js'
import { print, warn } from '../terminal/print.js'
import { formatCount, formatSize } from '../terminal/units.js'
import { requireDatabase } from './require-database.js'

/** `spoold db --check`: reads the whole database, also while the daemon runs. Exit code 1 if it is damaged or unreadable. */
export function check({ database }: StatePaths): void {
  requireDatabase(database)
  if (!isSoundOrExit(database)) {
    print(
      `${database} is damaged. Run spoold stop, then spoold db --recover: it creates a new database from what can be read, and keeps this one.\n`,
    )
    throw new ExitWith(EXIT.failed)
  }
  print(`${database} is sound: ${describe(database)}.\n`)
}

function isSoundOrExit(database: string): boolean {
  try {
    return isSound(database)
  } catch (error) {
    if (!(error instanceof SpoolError)) throw error
    warn(error.message)
    throw new ExitWith(EXIT.failed)
  }
}

function describe(database: string): string {
  const { schema, tasks, chunks } = countRows(database)
  return `schema ${schema}, ${formatCount(tasks, 'task')}, ${formatCount(chunks, 'chunk')}, ${sizes(database)}`
}

function sizes(database: string): string {
  const log = statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0
  return `${formatSize(statSync(database).size)}${log > 0 ? ` and a log of ${formatSize(log)}` : ''}`
}
