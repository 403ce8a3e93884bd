import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { SpoolError } from '../domain/errors.js'
import { describeValue, oneLine } from '../domain/text.js'

/** PATH_MAX of Linux, including the final NUL. */
const MAX_PATH_BYTES = 4096

/** How much of a path an error message shows, in UTF-16 units. */
export const MAX_SHOWN_PATH_LENGTH = 200

/**
 * Resolves with the real path of a directory. It must exist and lie under one of the allowed roots; an empty list allows
 * any directory. Throws `working_directory_invalid`.
 */
export async function resolveWorkingDirectory(path: string, allowedRoots: string[]): Promise<string> {
  const shown = oneLine(path, MAX_SHOWN_PATH_LENGTH)
  if (!isAbsolute(path)) {
    throw invalid(`must be an absolute path, got ${describeValue(path)}; start it with "/".`)
  }
  if (path.includes('\0')) throw invalid('contains a NUL character; remove it.')
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw invalid(`is longer than ${MAX_PATH_BYTES} bytes; use a shorter path.`)
  }
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    throw invalid(
      error.code === 'ENOENT'
        ? `${shown} does not exist; create it or choose another.`
        : `${shown} cannot be entered (${error.code}); choose another.`,
    )
  })
  if (!(await stat(real)).isDirectory()) {
    throw invalid(`${shown} is not a directory; choose a directory.`)
  }
  if (allowedRoots.length > 0 && !(await isUnderAny(real, allowedRoots))) {
    throw invalid(
      `${shown} is outside the allowed roots (${allowedRoots.join(', ')}); choose a directory inside them, or add this one to allowedRoots in the config file.`,
    )
  }
  return real
}

/** Compares real paths, so that neither `..` nor a symbolic link leads out. */
async function isUnderAny(real: string, roots: string[]): Promise<boolean> {
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
