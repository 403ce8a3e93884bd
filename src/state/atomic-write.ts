import { chmodSync, chownSync, linkSync, renameSync, rmSync, type Stats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { syncDirectory, syncFile } from './fsync.js'
import { createPrivateFile } from './private-file.js'

export interface AtomicWriteOptions {
  /** False fails with EEXIST instead of replacing a file; default true. */
  replace?: boolean
  /** Mode of the new file; default 0600, or the mode of `like`. */
  mode?: number
  /** The file that is replaced: its mode stays, and with root's rights its owner too. */
  like?: Stats | undefined
}

/**
 * Writes a file as a whole: readers, and a machine that loses power, see the old content or the new, never a part.
 * `target` must not be a symbolic link, which would be replaced by a file. Throws the errors of the file system, and
 * leaves nothing behind then.
 */
export function writeFileAtomically(target: string, content: string, options: AtomicWriteOptions = {}): void {
  replaceAtomically(target, (temporary) => createPrivateFile(temporary, content), options)
}

/** The same for a file that `write` creates under the temporary path it is given. */
export function replaceAtomically(
  target: string,
  write: (temporary: string) => void,
  { replace = true, mode, like }: AtomicWriteOptions = {},
): void {
  const temporary = join(dirname(target), `.${basename(target)}.spoold-${process.pid}`)
  try {
    write(temporary)
    if (like !== undefined && process.getuid?.() === 0) chownSync(temporary, like.uid, like.gid)
    const finalMode = mode ?? (like === undefined ? undefined : like.mode & 0o7777)
    if (finalMode !== undefined) chmodSync(temporary, finalMode)
    syncFile(temporary)
    // Unlike a rename, a hard link never replaces a file.
    if (replace) renameSync(temporary, target)
    else linkSync(temporary, target)
    syncDirectory(dirname(target))
  } finally {
    rmSync(temporary, { force: true })
  }
}
