import { rmSync, statSync } from 'node:fs'
import { SpoolError } from '../domain/errors.js'
import { acquireLock } from '../state/lock.js'
import { type StatePaths, statePaths } from '../state/paths.js'
import { replaceDatabase, setSpoolsAside } from '../state/set-aside.js'
import { hasStateDirectory, openStateDirectory } from '../state/state-directory.js'
import type { RebuiltTasks } from '../store/recovery/rebuild-tasks.js'
import { salvageDatabase } from '../store/recovery/recover.js'
import { isSound } from '../store/recovery/soundness.js'

export interface Recovery extends RebuiltTasks {
  /** Where the damaged database is kept. */
  damaged: string
  /** Where the spools of lost tasks are kept; undefined where there were none. */
  spools: string | undefined
}

/**
 * Puts what can be salvaged of a damaged database in its place, and keeps the damaged one as it is. Holds the daemon's
 * lock meanwhile. Undefined where the database is sound; then nothing was done.
 *
 * Throws SpoolError `daemon_already_running`, `state_directory_invalid`, `storage_failed` where there is no database,
 * `storage_busy` and `storage_readonly` where it cannot be looked into, and as `salvageDatabase` does; the database is then as
 * it was.
 *
 * @param now ms since 1970
 */
export function recoverDatabase(root: string, now: number): Recovery | undefined {
  const { database } = statePaths(root)
  if (!hasStateDirectory(root) || statSync(database, { throwIfNoEntry: false }) === undefined) {
    throw new SpoolError('storage_failed', `There is no database ${database} to recover.`)
  }
  const paths = openStateDirectory(root)
  const lock = acquireLock(paths)
  try {
    return isIntact(paths.database) ? undefined : recover(paths, now)
  } finally {
    lock.release()
  }
}

/** Of a disk that fails there may be pages that can be read. */
function isIntact(database: string): boolean {
  try {
    return isSound(database)
  } catch (error) {
    if (error instanceof SpoolError && error.code === 'storage_failed') return false
    throw error
  }
}

function recover(paths: StatePaths, now: number): Recovery {
  const fresh = `${paths.database}.recovered`
  // Of a recovery that was interrupted.
  removeDatabase(fresh)
  try {
    const salvaged = salvageDatabase(paths.database, fresh, now)
    const stamp = new Date(now).toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '')
    const lost = new Set(salvaged.lostTaskIds)
    const known = new Set(salvaged.taskIds.filter((id) => !lost.has(id)))
    // Before the next daemon can come, which would remove them.
    const spools = setSpoolsAside(paths, known, stamp)
    return { ...salvaged, spools, damaged: replaceDatabase(paths, fresh, stamp) }
  } finally {
    removeDatabase(fresh)
  }
}

function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(file + end, { force: true })
}
