import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import { describeValue, oneLine } from '../domain/text.js'

/** PATH_MAX of Linux, with its closing NUL. */
const MAX_PATH_BYTES = 4096

/** How much of a path a sentence tells, in UTF-16 units. */
export const MAX_PATH_TOLD_LENGTH = 200

/**
 * The real path of a directory that exists and lies under one of the allowed roots (empty: anywhere).
 * Throws `working_directory_invalid`.
 */
export async function checkWorkingDirectory(path: string, allowedRoots: string[]): Promise<string> {
  const told = oneLine(path, MAX_PATH_TOLD_LENGTH)
  if (!isAbsolute(path)) {
    throw invalid(`must be an absolute path, got ${describeValue(path)}; begin it with "/".`)
  }
  if (path.includes('\0')) throw invalid('contains a NUL character; remove it.')
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw invalid(`is longer than ${MAX_PATH_BYTES} bytes; name a shorter path.`)
  }
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    throw invalid(
      error.code === 'ENOENT'
        ? `${told} does not exist; create it or name another.`
        : `${told} cannot be entered (${error.code}); name another.`,
    )
  })
  if (!(await stat(real)).isDirectory()) {
    throw invalid(`${told} is not a directory; name one.`)
  }
  if (allowedRoots.length > 0 && !(await isUnderOne(real, allowedRoots))) {
    throw invalid(
      `${told} is outside the allowed roots (${allowedRoots.join(', ')}); name one inside, or add it to allowedRoots in the config file.`,
    )
  }
  return real
}

/** Compared by real path, so that neither `..` nor a symbolic link leads out. */
async function isUnderOne(real: string, roots: string[]): Promise<boolean> {
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => undefined)
    if (realRoot === undefined) continue
    const below = relative(realRoot, real)
    if (below !== '..' && !below.startsWith('../') && !isAbsolute(below)) return true
  }
  return false
}

function invalid(predicate: string): SpoolError {
  return new SpoolError('working_directory_invalid', predicate, {
    field: 'working_directory',
    isPredicate: true,
  })
}
