import { SpoolError } from '../domain/errors.js'

/** The state directory, or what lies in it, is not what spoold would have made. */
export function stateInvalid(message: string, cause?: unknown): SpoolError {
  return new SpoolError('state_directory_invalid', message, { field: 'state-dir', cause })
}

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])

/** Something of the state directory cannot be made or written: `storage_full` or `storage_readonly`. */
export function writeFailure(what: string, cause: unknown): SpoolError {
  if (cause instanceof SpoolError) return cause
  const code = systemCode(cause)
  if (NO_SPACE.has(code)) {
    return new SpoolError('storage_full', `${what} cannot be written, the disk is full: free some space.`, {
      cause,
    })
  }
  return new SpoolError(
    'storage_readonly',
    `${what} cannot be written (${code}): make it writable or name another --state-dir.`,
    { cause },
  )
}

/** The code of an error of the file system or of SQLite, else the error as text. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
