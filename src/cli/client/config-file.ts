import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { writeFileAtomically } from '../../state/atomic-write.js'
import { systemCode } from '../../state/errors.js'

/** The file of a client when it was read. */
export interface ConfigFile {
  /** The path that the client uses. */
  path: string
  /** The path after resolving links. */
  target: string
  /** Null if it does not exist. */
  bytes: Buffer | null
}

/** Throws SpoolError `config_invalid` if it is not a regular file or cannot be read. */
export function readConfigFile(path: string): ConfigFile {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return { path, target: path, bytes: null }
    const target = realpathSync(path)
    if (!statSync(target).isFile()) throw new Error('it is not a regular file')
    return { path, target, bytes: readFileSync(target) }
  } catch (cause) {
    const reason = systemCode(cause).replace(/^Error: /, '')
    throw new SpoolError('config_invalid', `${path} cannot be read (${reason}): make it a readable file.`, {
      cause,
    })
  }
}

/**
 * Replaces the file atomically, or removes it (null). Links and the mode are kept; a new file is private.
 *
 * Throws SpoolError `config_invalid` if the file was changed since it was read, `storage_full` or `storage_readonly`.
 */
export function replaceConfigFile(file: ConfigFile, content: string | null): void {
  assertUnchanged(file)
  const { path, target } = file
  try {
    if (file.bytes !== null) accessSync(target, constants.W_OK)
    if (content === null) rmSync(target)
    else {
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
      writeFileAtomically(target, content, { like: statSync(target, { throwIfNoEntry: false }) })
    }
  } catch (cause) {
    const code = systemCode(cause)
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      const sentence = `${path} cannot be written because the disk is full: free some space.`
      throw new SpoolError('storage_full', sentence, { cause })
    }
    throw new SpoolError('storage_readonly', `${path} cannot be written (${code}): make it writable.`, {
      cause,
    })
  }
}

function assertUnchanged({ path, bytes }: ConfigFile): void {
  const now = readConfigFile(path).bytes
  if (now === bytes || (now !== null && bytes !== null && now.equals(bytes))) return
  throw new SpoolError('config_invalid', `${path} was changed by another program meanwhile: try again.`)
}
