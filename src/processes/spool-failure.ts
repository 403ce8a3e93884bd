import { SpoolError } from '../domain/errors.js'

/** Names what the file system refused, and the remedy. An error that has a sentence already stays as it is. */
export function spoolFailure(cause: unknown, path: string): SpoolError {
  if (cause instanceof SpoolError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new SpoolError(
        'storage_full',
        `No space is left for the spool ${path}: free some, then start the task again.`,
        { cause },
      )
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new SpoolError(
        'storage_readonly',
        `spoold may not write to the spool ${path}: make it writable for the user that runs the daemon.`,
        { cause },
      )
    default:
      return new SpoolError('launch_error', `The spool ${path} could not be prepared: ${message}.`, { cause })
  }
}
