import { SpoolError } from '../domain/errors.js'

/** Something about the state directory is not as spoold creates it. */
export function stateInvalid(message: string, cause?: unknown): SpoolError {
  return new SpoolError('state_directory_invalid', message, { field: 'state-dir', cause })
}

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])

/** A file or directory cannot be created or written: `storage_full` or `storage_readonly`. */
export function writeFailure(what: string, cause: unknown): SpoolError {
  if (cause instanceof SpoolError) return cause
  const code = systemCode(cause)
  if (NO_SPACE.has(code)) {
    return new SpoolError(
      'storage_full',
      `${what} cannot be written because the disk is full: free some space.`,
      {
        cause,
      },
    )
  }
  return new SpoolError(
    'storage_readonly',
    `${what} cannot be written (${code}): make it writable or use another --state-dir.`,
    { cause },
  )
}

/** The code of a file system or SQLite error; otherwise the error as text. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
