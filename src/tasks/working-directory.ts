import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { SpoolError } from '../domain/errors.js'

/**
 * The real path of a directory that exists and lies under one of the allowed roots (empty: anywhere).
 * Throws `working_directory_invalid`.
 */
export async function checkWorkingDirectory(path: string, allowedRoots: string[]): Promise<string> {
  if (!isAbsolute(path)) throw invalid(`working_directory must be an absolute path, got ${quote(path)}.`)
  if (path.includes('\0')) throw invalid('working_directory contains a NUL character.')
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    throw invalid(
      error.code === 'ENOENT'
        ? `working_directory ${path} does not exist; create it or name another.`
        : `working_directory ${path} cannot be entered (${error.code}); name another.`,
    )
  })
  if (!(await stat(real)).isDirectory()) throw invalid(`working_directory ${path} is not a directory.`)
  if (allowedRoots.length > 0 && !(await isUnderOne(real, allowedRoots))) {
    throw invalid(
      `working_directory ${path} is outside the allowed roots (${allowedRoots.join(', ')}); name one inside, or add it to allowedRoots in the config file.`,
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

function invalid(sentence: string): SpoolError {
  return new SpoolError('working_directory_invalid', sentence, { field: 'working_directory' })
}

function quote(path: string): string {
  return JSON.stringify(path.slice(0, 200))
}
