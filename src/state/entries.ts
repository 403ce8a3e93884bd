import { lstatSync, type Stats } from 'node:fs'
import type { StatePaths } from './paths.js'
import { stateInvalid, systemCode } from './refusals.js'

type Kind = 'file' | 'directory'

/**
 * Refuses a state directory in which something lies that spoold would not have put there: what another user could
 * place there before the directory was closed to others. Looks only. The token has its own check, with its own remedy.
 *
 * Throws SpoolError `state_directory_invalid`.
 */
export function refuseForeignEntries(paths: StatePaths): void {
  const { database } = paths
  for (const file of [database, `${database}-wal`, `${database}-shm`, `${database}-journal`]) {
    inspectEntry(file, 'file')
  }
  for (const file of [paths.daemon, paths.lock, paths.log, ...paths.oldLogs]) inspectEntry(file, 'file')
  inspectEntry(paths.spool, 'directory')
}

/**
 * Looks at one thing in a state directory; undefined where there is none. A symbolic link is refused whoever made it,
 * since spoold makes none. Throws SpoolError `state_directory_invalid`.
 */
export function inspectEntry(path: string, kind: Kind): Stats | undefined {
  const found = lstat(path)
  if (found === undefined) return undefined
  const uid = process.getuid?.()
  if (found.isSymbolicLink()) throw stateInvalid(`${path} is a symbolic link: ${REMEDY}`)
  if (uid !== undefined && found.uid !== uid) {
    throw stateInvalid(`${path} belongs to another user (uid ${found.uid}, you are ${uid}): ${REMEDY}`)
  }
  const isRight = kind === 'file' ? found.isFile() : found.isDirectory()
  if (!isRight) throw stateInvalid(`${path} is not a ${KIND_WORDS[kind]}: ${REMEDY}`)
  return found
}

const REMEDY = 'move it away or name another --state-dir.'
const KIND_WORDS = { file: 'plain file', directory: 'directory' }

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    throw stateInvalid(`${path} cannot be looked at (${systemCode(cause)}): ${REMEDY}`, cause)
  }
}
