import { rmSync, statSync } from 'node:fs'
import { SpoolError } from '../domain/errors.js'
import { preserveSpools, replaceDatabase } from '../state/damaged-files.js'
import { acquireLock } from '../state/lock.js'
import { type StatePaths, statePaths } from '../state/paths.js'
import { hasStateDirectory, openStateDirectory } from '../state/state-directory.js'
import type { RebuiltTasks } from '../store/recovery/rebuild-tasks.js'
import { rebuildDatabase } from '../store/recovery/recover.js'
import { isSound } from '../store/recovery/soundness.js'

export interface Recovery extends RebuiltTasks {
  /** Path of the damaged database, which is kept. */
  damaged: string
  /** Path of the spools of lost tasks; undefined if there are none. */
  spools: string | undefined
}

/**
 * Replaces a damaged database by what can be recovered of it, and keeps the damaged one. Holds the daemon's lock meanwhile.
 * Returns undefined if the database is sound; then nothing was changed.
 *
 * Throws SpoolError `daemon_already_running`, `state_directory_invalid`, `storage_failed` if there is no database,
 * `storage_busy` or `storage_readonly` if it cannot be read, and what `rebuildDatabase` throws; then the database is
 * unchanged.
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

/** A failing disk may still have readable pages, so it counts as damage. */
function isIntact(database: string): boolean {
  try {
    return isSound(database)
  } catch (error) {
    if (error instanceof SpoolError && error.code === 'storage_failed') return false
    throw error
  }
}

function recover(paths: StatePaths, now: number): Recovery {
  const newDatabase = `${paths.database}.recovered`
  // From an interrupted recovery.
  removeDatabase(newDatabase)
  try {
    const rebuilt = rebuildDatabase(paths.database, newDatabase, now)
    const stamp = new Date(now).toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '')
    const lost = new Set(rebuilt.lostTaskIds)
    const keptTasks = new Set(rebuilt.taskIds.filter((id) => !lost.has(id)))
    // Before the next daemon can start, which would remove them.
    const spools = preserveSpools(paths, keptTasks, stamp)
    return { ...rebuilt, spools, damaged: replaceDatabase(paths, newDatabase, stamp) }
  } finally {
    removeDatabase(newDatabase)
  }
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true })
}
