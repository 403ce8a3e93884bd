import { resolve } from 'node:path'
import { SpoolError } from '../domain/errors.js'

/**
 * The directory that a person names for a task, absolute; the present one without a name. Throws SpoolError
 * `working_directory_invalid` where the present one was removed.
 */
export function workingDirectory(named: string | undefined): string {
  try {
    return resolve(named ?? '.')
  } catch (cause) {
    throw new SpoolError(
      'working_directory_invalid',
      'The directory that you are in is not there any more: go to another one, or name one with --cwd.',
      { field: 'working_directory', cause },
    )
  }
}
