import { accessSync, chmodSync, constants, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs'
import { SpoolError } from '../domain/errors.js'
import { type StatePaths, statePaths } from './paths.js'

const OPEN_TO_OTHERS = 0o077

/**
 * Makes the state directory where needed, and makes sure that it is this user's alone: messages, answers and tokens
 * lie in it. A directory of ours that others may enter is closed to them. A symbolic link is followed, since people
 * move state to other disks that way, but only one that this user (or root) made: else somebody who may write in the
 * directory above could lead the daemon elsewhere.
 *
 * Throws SpoolError `state_directory_invalid`; then nothing was changed.
 */
export function openStateDirectory(root: string): StatePaths {
  makeDirectory(root)
  const target = inspect(root)
  if (!target.isDirectory())
    throw invalid(`${root} is not a directory: move it away or name another --state-dir.`)
  refuseForeignOwner(root, target)
  if ((target.mode & OPEN_TO_OTHERS) !== 0) chmodSync(root, 0o700)
  refuseUnwritable(root)
  return statePaths(root)
}

function makeDirectory(root: string): void {
  try {
    const made = mkdirSync(root, { recursive: true, mode: 0o700 })
    // A umask may have taken our own permissions away.
    if (made !== undefined) chmodSync(root, 0o700)
  } catch (cause) {
    const code = errorCode(cause)
    if (code === 'EEXIST') return
    throw invalid(
      `The state directory ${root} cannot be made (${code}): make the directory above it writable or name another --state-dir.`,
      cause,
    )
  }
}

function inspect(root: string): Stats {
  try {
    const link = lstatSync(root)
    if (link.isSymbolicLink() && !isTrusted(link.uid)) {
      throw invalid(`${root} is a symbolic link of another user (uid ${link.uid}): name another --state-dir.`)
    }
    return statSync(root)
  } catch (cause) {
    if (cause instanceof SpoolError) throw cause
    throw invalid(
      `The state directory ${root} cannot be opened (${errorCode(cause)}): repair it or name another --state-dir.`,
      cause,
    )
  }
}

function refuseForeignOwner(root: string, target: Stats): void {
  const uid = process.getuid?.()
  if (uid === undefined || target.uid === uid) return
  throw invalid(
    `The state directory ${root} belongs to another user (uid ${target.uid}, you are ${uid}): ` +
      'start spoold as that user or name another --state-dir.',
  )
}

function refuseUnwritable(root: string): void {
  try {
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw invalid(
      `The state directory ${root} cannot be written (${errorCode(cause)}): ` +
        'make it writable for you (chmod 700) or name another --state-dir.',
      cause,
    )
  }
}

function isTrusted(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.()
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function invalid(message: string, cause?: unknown): SpoolError {
  return new SpoolError('state_directory_invalid', message, { field: 'state-dir', cause })
}
