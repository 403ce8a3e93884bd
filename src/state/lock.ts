import { chmodSync, closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'
import { SpoolError } from '../domain/errors.js'
import { readDaemonFile } from './daemon-file.js'
import { inspectEntry } from './entries.js'
import { systemCode, writeFailure } from './errors.js'
import { assertNativeModule } from './native-module.js'
import type { StatePaths } from './paths.js'
import { hasStateDirectory } from './state-directory.js'

export interface DaemonLock {
  release(): void
}

/**
 * Locks a state directory for one daemon: an exclusive SQLite transaction on a separate file, held as long as the daemon
 * runs. The kernel releases it when the process ends, however it ends, so there are no stale locks. Throws SpoolError
 * `daemon_already_running`; `storage_readonly` or `storage_full` if the file cannot be created; or
 * `unsupported_platform` if this Node cannot load SQLite.
 */
export function acquireLock(paths: StatePaths): DaemonLock {
  let file: Database.Database | undefined
  try {
    createLockFile(paths.lock)
    file = new Database(paths.lock, { timeout: 0 })
    file.exec('BEGIN EXCLUSIVE')
    const held = file
    return { release: () => held.close() }
  } catch (cause) {
    file?.close()
    assertNativeModule(cause)
    throw lockError(paths, cause)
  }
}

/**
 * Whether a process holds the lock. Throws SpoolError `state_directory_invalid` if it belongs to another user, and
 * `unsupported_platform` if this Node cannot load SQLite.
 */
export function isLocked(paths: StatePaths): boolean {
  if (!hasStateDirectory(paths.root) || inspectEntry(paths.lock, 'file') === undefined) return false
  let file: Database.Database | undefined
  try {
    file = new Database(paths.lock, { timeout: 0, fileMustExist: true })
    file.exec('BEGIN EXCLUSIVE')
    return false
  } catch (error) {
    assertNativeModule(error)
    return isBusy(error)
  } finally {
    file?.close()
  }
}

/**
 * Opens the file only if it is new: under POSIX, closing any descriptor of a file releases all locks that the process
 * has on it, including those of SQLite for a daemon in the same process.
 */
function createLockFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
  chmodSync(path, 0o600)
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

function lockError(paths: StatePaths, cause: unknown): SpoolError {
  if (isBusy(cause)) {
    const running = readDaemonFile(paths.daemon)
    const details = running === undefined ? '' : ` (pid ${running.pid}, ${running.url})`
    return new SpoolError(
      'daemon_already_running',
      `A daemon already serves ${paths.root}${details}: use it, run \`spoold stop\` first, or use another --state-dir.`,
      { cause },
    )
  }
  return writeFailure(`The lock file ${paths.lock}`, cause)
}
