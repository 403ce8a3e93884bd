import { closeSync, constants, fchmodSync, fstatSync, fsyncSync, openSync, writeFileSync } from 'node:fs'
import { writeFailure } from './refusals.js'

/** For nobody but this user. Set after a file is made, too, since a umask may have taken even our own permissions. */
const PRIVATE = 0o600

/** Makes a file that is not there yet, with mode 0600 and this content. Throws the errors of the file system. */
export function createPrivateFile(path: string, content: string): void {
  create(path, content, () => {})
}

/** The same, and the content is on the disk: else a power cut may leave a file of that name with nothing in it. */
export function createLastingFile(path: string, content: string): void {
  create(path, content, fsyncSync)
}

function create(path: string, content: string, settle: (file: number) => void): void {
  const file = openSync(path, 'wx', PRIVATE)
  try {
    fchmodSync(file, PRIVATE)
    writeFileSync(file, content)
    settle(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Opens a log for appending and reading, made where needed, with mode 0600; a symbolic link is not followed. The caller
 * closes it. Throws SpoolError `storage_full` or `storage_readonly`.
 */
export function openPrivateLog(path: string): number {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants
  let file: number | undefined
  try {
    file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, PRIVATE)
    // A device such as /dev/null, which a log may well go to, is everybody's.
    if (fstatSync(file).isFile()) fchmodSync(file, PRIVATE)
    return file
  } catch (cause) {
    if (file !== undefined) closeSync(file)
    throw writeFailure(`The log ${path}`, cause)
  }
}
