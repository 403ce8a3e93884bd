import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import { assertOwnEntries } from './entries.js'
import { stateInvalid, systemCode, writeFailure } from './errors.js'
import { syncDirectory } from './fsync.js'
import { type StatePaths, statePaths } from './paths.js'

const OPEN_TO_OTHERS = 0o077
const WRITABLE_BY_OTHERS = 0o022

/**
 * Creates the state directory if needed and checks that it and its entries are private to this user, because they contain
 * messages, output and tokens. A directory that other users can read is made private if it contains only state; one
 * that they can write is rejected, because they may have added anything. A symbolic link is followed, because people move
 * state to other disks that way, but only if this user or root created it: otherwise anyone with write access to the parent
 * directory could redirect the daemon.
 *
 * Throws SpoolError `state_directory_invalid` or `storage_full`; then nothing but the mode was changed.
 */
export function openStateDirectory(root: string): StatePaths {
  const paths = statePaths(root)
  createDirectory(root)
  const target = inspect(root)
  if (target === undefined) throw stateInvalid(`The state directory ${root} was just removed: try again.`)
  if ((target.mode & OPEN_TO_OTHERS) !== 0) closeToOthers(paths)
  assertWritable(root)
  assertOwnEntries(paths)
  return paths
}

/**
 * Whether the state directory exists, for commands that only read it. Throws SpoolError `state_directory_invalid` if it
 * belongs to another user, because its content cannot be trusted.
 */
export function hasStateDirectory(root: string): boolean {
  return inspect(root) !== undefined
}

/**
 * Creates one level after another: mkdir with `recursive` hangs in Node 20 if a level cannot be created for an unusual
 * reason, as in /proc. Each level gets its mode separately, because a umask may remove the owner's permissions, and then
 * the next level could not be created.
 */
function createDirectory(root: string): void {
  try {
    const missing: string[] = []
    for (let level = root; !exists(level); level = dirname(level)) missing.unshift(level)
    for (const level of missing) createLevel(level)
  } catch (cause) {
    const code = systemCode(cause)
    if (code === 'ENOSPC' || code === 'EDQUOT') throw writeFailure(`The state directory ${root}`, cause)
    throw stateInvalid(
      `The state directory ${root} cannot be created (${code}): make its parent directory writable or use another --state-dir.`,
      cause,
    )
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function createLevel(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (cause) {
    // Another process was first; its owner is checked later.
    if (systemCode(cause) === 'EEXIST') return
    throw cause
  }
  chmodSync(path, 0o700)
  // Otherwise a power cut could remove the directory with everything that SQLite flushed.
  syncDirectory(dirname(path))
}

/** Undefined if it does not exist. */
function inspect(root: string): Stats | undefined {
  const target = statTrusted(root)
  if (target === undefined) return undefined
  if (!target.isDirectory()) {
    throw stateInvalid(`${root} is not a directory: move it away or use another --state-dir.`)
  }
  assertOwner(root, target)
  if ((target.mode & WRITABLE_BY_OTHERS) !== 0) {
    throw stateInvalid(
      `Other users can write to the state directory ${root}: check its content and make it private (chmod 700), or use another --state-dir.`,
    )
  }
  return target
}

/** Only for a state directory or an empty one: a wrong --state-dir could be a home directory, or the root. */
function closeToOthers(paths: StatePaths): void {
  const { root } = paths
  const isState = exists(paths.lock) || exists(paths.token) || readdirSync(root).length === 0
  if (!isState) {
    throw stateInvalid(
      `The directory ${root} is open to other users and contains other files than spoold's state: use a separate directory with --state-dir.`,
    )
  }
  chmodSync(root, 0o700)
}

function statTrusted(root: string): Stats | undefined {
  try {
    const link = lstatSync(root, { throwIfNoEntry: false })
    if (link === undefined) return undefined
    if (link.isSymbolicLink() && !isTrusted(link.uid)) {
      throw stateInvalid(
        `${root} is a symbolic link of another user (uid ${link.uid}): use another --state-dir.`,
      )
    }
    return statSync(root)
  } catch (cause) {
    if (cause instanceof SpoolError) throw cause
    throw stateInvalid(
      `The state directory ${root} cannot be opened (${systemCode(cause)}): repair it or use another --state-dir.`,
      cause,
    )
  }
}

function assertOwner(root: string, target: Stats): void {
  const uid = process.getuid?.()
  if (uid === undefined || target.uid === uid) return
  throw stateInvalid(
    `The state directory ${root} belongs to another user (uid ${target.uid}, you are ${uid}): ` +
      'start spoold as that user or use another --state-dir.',
  )
}

function assertWritable(root: string): void {
  try {
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw stateInvalid(
      `The state directory ${root} cannot be written (${systemCode(cause)}): ` +
        'make it writable for you (chmod 700) or use another --state-dir.',
      cause,
    )
  }
}

function isTrusted(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.()
}
