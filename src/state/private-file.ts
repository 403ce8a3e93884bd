import { closeSync, constants, fchmodSync, fstatSync, fsyncSync, openSync, writeFileSync } from 'node:fs'
import { writeFailure } from './errors.js'

/** Only for this user. Also set after creation, because a umask may remove even the owner's permissions. */
const PRIVATE = 0o600

/** Creates a new file with mode 0600. Throws file system errors, EEXIST if it exists. */
export function createPrivateFile(path: string, content: string): void {
  create(path, content, () => {})
}

/** The same, and flushes the content to the disk: otherwise a power cut may leave an empty file. */
export function createDurableFile(path: string, content: string): void {
  create(path, content, fsyncSync)
}

function create(path: string, content: string, flush: (file: number) => void): void {
  const file = openSync(path, 'wx', PRIVATE)
  try {
    fchmodSync(file, PRIVATE)
    writeFileSync(file, content)
    flush(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Opens a log for appending and reading, and creates it with mode 0600 if needed. Symbolic links are not followed. The
 * caller closes it. Throws SpoolError `storage_full` or `storage_readonly`.
 */
export function openPrivateLog(path: string): number {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants
  let file: number | undefined
  try {
    file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, PRIVATE)
    // A device such as /dev/null keeps its mode.
    if (fstatSync(file).isFile()) fchmodSync(file, PRIVATE)
    return file
  } catch (cause) {
    if (file !== undefined) closeSync(file)
    throw writeFailure(`The log ${path}`, cause)
  }
}
