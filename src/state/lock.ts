import { chmodSync, closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'
import { SpoolError } from '../domain/errors.js'
import { readDaemonFile } from './daemon-file.js'
import { inspectEntry } from './entries.js'
import { refuseForeignNode } from './foreign-node.js'
import type { StatePaths } from './paths.js'
import { systemCode, writeFailure } from './refusals.js'
import { hasStateDirectory } from './state-directory.js'

export interface DaemonLock {
  release(): void
}

/**
 * Makes sure that one daemon serves a state directory: an exclusive SQLite transaction on a file of its own, held as
 * long as the daemon lives. The kernel gives it back when the process ends, however it ends, so there is no stale
 * lock to clear away. Throws SpoolError `daemon_already_running`, `storage_readonly` or `storage_full` where it cannot be
 * made, or `unsupported_platform` where this Node cannot load SQLite.
 */
export function acquireLock(paths: StatePaths): DaemonLock {
  let file: Database.Database | undefined
  try {
    makePrivate(paths.lock)
    file = new Database(paths.lock, { timeout: 0 })
    file.exec('BEGIN EXCLUSIVE')
    const held = file
    return { release: () => held.close() }
  } catch (cause) {
    file?.close()
    refuseForeignNode(cause)
    throw refusal(paths, cause)
  }
}

/**
 * Whether some process holds the lock now. Throws SpoolError `state_directory_invalid` where it is not this user's, and
 * `unsupported_platform` where this Node cannot load SQLite, so that it cannot be told.
 */
export function isLocked(paths: StatePaths): boolean {
  if (!hasStateDirectory(paths.root) || inspectEntry(paths.lock, 'file') === undefined) return false
  let file: Database.Database | undefined
  try {
    file = new Database(paths.lock, { timeout: 0, fileMustExist: true })
    file.exec('BEGIN EXCLUSIVE')
    return false
  } catch (error) {
    refuseForeignNode(error)
    return isBusy(error)
  } finally {
    file?.close()
  }
}

/**
 * The file is opened only when it is new: by POSIX, a process that closes any descriptor of a file gives up its locks
 * on it, also those that SQLite holds for a daemon in the same process.
 */
function makePrivate(path: string): void {
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

function refusal(paths: StatePaths, cause: unknown): SpoolError {
  if (isBusy(cause)) {
    const other = readDaemonFile(paths.daemon)
    const who = other === undefined ? '' : ` (pid ${other.pid}, ${other.url})`
    return new SpoolError(
      'daemon_already_running',
      `A daemon already serves ${paths.root}${who}: use it, run \`spoold stop\` first, or name another --state-dir.`,
      { cause },
    )
  }
  return writeFailure(`The lock file ${paths.lock}`, cause)
}
