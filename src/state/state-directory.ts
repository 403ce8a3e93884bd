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
import { refuseForeignEntries } from './entries.js'
import { type StatePaths, statePaths } from './paths.js'
import { stateInvalid, systemCode, writeFailure } from './refusals.js'
import { syncDirectory } from './sync-to-disk.js'

const OPEN_TO_OTHERS = 0o077
const WRITABLE_BY_OTHERS = 0o022

/**
 * Makes the state directory where needed, and makes sure that it is this user's alone, with all that lies in it:
 * messages, answers and tokens do. A directory of ours that others may look into is closed to them, where it holds
 * nothing but state; one that others may write in is refused, since they may have put anything there. A symbolic link is
 * followed, since people move state to other disks that way, but only one that this user (or root) made: else
 * somebody who may write in the directory above could lead the daemon elsewhere.
 *
 * Throws SpoolError `state_directory_invalid` or `storage_full`; then nothing was changed but who may enter.
 */
export function openStateDirectory(root: string): StatePaths {
  const paths = statePaths(root)
  makeDirectory(root)
  const target = inspect(root)
  if (target === undefined) throw stateInvalid(`The state directory ${root} was removed just now: try again.`)
  if ((target.mode & OPEN_TO_OTHERS) !== 0) closeToOthers(paths)
  refuseUnwritable(root)
  refuseForeignEntries(paths)
  return paths
}

/**
 * Whether there is a state directory, for those who only look into it: what lies in somebody else's is not to be
 * believed. Throws SpoolError `state_directory_invalid` for one that is not this user's.
 */
export function hasStateDirectory(root: string): boolean {
  return inspect(root) !== undefined
}

/**
 * Level by level from the nearest directory that is there: mkdir's own `recursive` never ends on Node 20 where a level
 * cannot be made for a reason of its own kind, as in /proc. Each level gets its mode for itself, since a umask may
 * have taken our own permissions away, and the next could not be made in it.
 */
function makeDirectory(root: string): void {
  try {
    const missing: string[] = []
    for (let level = root; !isThere(level); level = dirname(level)) missing.unshift(level)
    for (const level of missing) makeLevel(level)
  } catch (cause) {
    const code = systemCode(cause)
    if (code === 'ENOSPC' || code === 'EDQUOT') throw writeFailure(`The state directory ${root}`, cause)
    throw stateInvalid(
      `The state directory ${root} cannot be made (${code}): make the directory above it writable or name another --state-dir.`,
      cause,
    )
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function makeLevel(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (cause) {
    // Another process was first; whose it is, is looked at afterwards.
    if (systemCode(cause) === 'EEXIST') return
    throw cause
  }
  chmodSync(path, 0o700)
  // What SQLite flushes in it is lost where its own name is.
  syncDirectory(dirname(path))
}

/** Undefined where nothing is there. */
function inspect(root: string): Stats | undefined {
  const target = followTrusted(root)
  if (target === undefined) return undefined
  if (!target.isDirectory()) {
    throw stateInvalid(`${root} is not a directory: move it away or name another --state-dir.`)
  }
  refuseForeignOwner(root, target)
  if ((target.mode & WRITABLE_BY_OTHERS) !== 0) {
    throw stateInvalid(
      `Other users may write in the state directory ${root}: look at what lies in it and close it (chmod 700), or name another --state-dir.`,
    )
  }
  return target
}

/** Only what is, or becomes, a state directory: with a wrong --state-dir it would be somebody's home, or the root. */
function closeToOthers(paths: StatePaths): void {
  const { root } = paths
  const isState = isThere(paths.lock) || isThere(paths.token) || readdirSync(root).length === 0
  if (!isState) {
    throw stateInvalid(
      `The directory ${root} is open to other users and holds other things than spoold's state: name one of its own with --state-dir.`,
    )
  }
  chmodSync(root, 0o700)
}

function followTrusted(root: string): Stats | undefined {
  try {
    const link = lstatSync(root, { throwIfNoEntry: false })
    if (link === undefined) return undefined
    if (link.isSymbolicLink() && !isTrusted(link.uid)) {
      throw stateInvalid(
        `${root} is a symbolic link of another user (uid ${link.uid}): name another --state-dir.`,
      )
    }
    return statSync(root)
  } catch (cause) {
    if (cause instanceof SpoolError) throw cause
    throw stateInvalid(
      `The state directory ${root} cannot be opened (${systemCode(cause)}): repair it or name another --state-dir.`,
      cause,
    )
  }
}

function refuseForeignOwner(root: string, target: Stats): void {
  const uid = process.getuid?.()
  if (uid === undefined || target.uid === uid) return
  throw stateInvalid(
    `The state directory ${root} belongs to another user (uid ${target.uid}, you are ${uid}): ` +
      'start spoold as that user or name another --state-dir.',
  )
}

function refuseUnwritable(root: string): void {
  try {
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw stateInvalid(
      `The state directory ${root} cannot be written (${systemCode(cause)}): ` +
        'make it writable for you (chmod 700) or name another --state-dir.',
      cause,
    )
  }
}

function isTrusted(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.()
}
