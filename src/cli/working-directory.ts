import { resolve } from 'node:path'
import { SpoolError } from '../domain/errors.js'

/**
 * The absolute path of the given directory, or of the current one. Throws SpoolError `working_directory_invalid` if the
 * current one was removed.
 */
export function workingDirectory(given: string | undefined): string {
  try {
    return resolve(given ?? '.')
  } catch (cause) {
    throw new SpoolError(
      'working_directory_invalid',
      'The current directory no longer exists: change to another one, or set one with --cwd.',
      { field: 'working_directory', cause },
    )
  }
}
