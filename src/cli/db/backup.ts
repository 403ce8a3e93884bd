import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { StatePaths } from '../../state/paths.js'
import { backUpDatabase } from '../../store/backup.js'
import { print } from '../terminal/print.js'
import { formatSize } from '../terminal/units.js'
import { requireDatabase } from './require-database.js'

/** `spoold db --backup FILE`: copies the database, also while the daemon runs. */
export function backUp({ database }: StatePaths, file: string): void {
  requireDatabase(database)
  const target = resolve(file)
  backUpDatabase(database, target)
  print(
    `${target} (${formatSize(statSync(target).size)}) is a copy of ${database}. To restore it, run spoold stop and put it in that place.\n`,
  )
}
