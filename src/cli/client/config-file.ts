import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SpoolError } from '../../domain/errors.js'
import { systemCode } from '../../state/errors.js'
import { createDurableFile } from '../../state/private-file.js'

/** A client's file as it was when it was read. */
export interface ConfigFile {
  /** As the client names it. */
  path: string
  /** The file itself, behind links. */
  target: string
  /** Null where there is none. */
  bytes: Buffer | null
}

/** Throws SpoolError `config_invalid` for what is no plain file, or cannot be read. */
export function readConfigFile(path: string): ConfigFile {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return { path, target: path, bytes: null }
    const target = realpathSync(path)
    if (!statSync(target).isFile()) throw new Error('it is not a plain file')
    return { path, target, bytes: readFileSync(target) }
  } catch (cause) {
    const reason = systemCode(cause).replace(/^Error: /, '')
    throw new SpoolError('config_invalid', `${path} cannot be read (${reason}): make it a readable file.`, {
      cause,
    })
  }
}

/**
 * Puts new content in the place of what was read, or removes the file (null). It is written aside and renamed, so that
 * nobody reads half of it; a link stays one, and the mode stays. A new file is for this user only.
 *
 * Throws SpoolError `config_invalid` where somebody else changed it meanwhile, `storage_full` or `storage_readonly`.
 */
export function replaceConfigFile(file: ConfigFile, content: string | null): void {
  refuseChanged(file)
  const { path, target } = file
  try {
    if (file.bytes !== null) accessSync(target, constants.W_OK)
    if (content === null) rmSync(target)
    else writeAside(target, content, statSync(target, { throwIfNoEntry: false }))
  } catch (cause) {
    const code = systemCode(cause)
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      const sentence = `${path} cannot be written, the disk is full: free some space.`
      throw new SpoolError('storage_full', sentence, { cause })
    }
    throw new SpoolError('storage_readonly', `${path} cannot be written (${code}): make it writable.`, {
      cause,
    })
  }
}

function refuseChanged({ path, bytes }: ConfigFile): void {
  const now = readConfigFile(path).bytes
  if (now === bytes || (now !== null && bytes !== null && now.equals(bytes))) return
  throw new SpoolError('config_invalid', `${path} was changed by something else meanwhile: do it again.`)
}

function writeAside(target: string, content: string, before: Stats | undefined): void {
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
  const aside = join(dirname(target), `.${basename(target)}.spoold-${process.pid}`)
  try {
    createDurableFile(aside, content)
    if (before !== undefined) {
      // Whoever is root here (sudo) leaves a file to whom it belongs.
      if (process.getuid?.() === 0) chownSync(aside, before.uid, before.gid)
      chmodSync(aside, before.mode & 0o7777)
    }
    renameSync(aside, target)
  } finally {
    rmSync(aside, { force: true })
  }
}
