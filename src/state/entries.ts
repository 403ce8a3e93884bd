import { lstatSync, type Stats } from 'node:fs'
import { stateInvalid, systemCode } from './errors.js'
import type { StatePaths } from './paths.js'

type Kind = 'file' | 'directory'

/**
 * Checks that every known entry of the state directory has the type and owner that spoold gives it: another user could
 * have created entries before the directory was closed to others. Changes nothing. The token has a separate check.
 *
 * Throws SpoolError `state_directory_invalid`.
 */
export function assertOwnEntries(paths: StatePaths): void {
  const { database } = paths
  for (const file of [database, `${database}-wal`, `${database}-shm`, `${database}-journal`]) {
    inspectEntry(file, 'file')
  }
  for (const file of [paths.daemon, paths.lock, paths.log, ...paths.oldLogs]) inspectEntry(file, 'file')
  inspectEntry(paths.spool, 'directory')
}

/**
 * Checks one entry of a state directory; undefined if it does not exist. Symbolic links are rejected, because spoold
 * creates none. Throws SpoolError `state_directory_invalid`.
 */
export function inspectEntry(path: string, kind: Kind): Stats | undefined {
  const found = lstat(path)
  if (found === undefined) return undefined
  const uid = process.getuid?.()
  if (found.isSymbolicLink()) throw stateInvalid(`${path} is a symbolic link: ${REMEDY}`)
  if (uid !== undefined && found.uid !== uid) {
    throw stateInvalid(`${path} belongs to another user (uid ${found.uid}, you are ${uid}): ${REMEDY}`)
  }
  const hasRightKind = kind === 'file' ? found.isFile() : found.isDirectory()
  if (!hasRightKind) throw stateInvalid(`${path} is not a ${KIND_NAMES[kind]}: ${REMEDY}`)
  return found
}

const REMEDY = 'move it away or use another --state-dir.'
const KIND_NAMES = { file: 'regular file', directory: 'directory' }

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    throw stateInvalid(`${path} cannot be read (${systemCode(cause)}): ${REMEDY}`, cause)
  }
}
