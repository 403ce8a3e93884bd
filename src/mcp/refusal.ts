import { ownError, SpoolError } from '../domain/errors.js'

/** Takes a failure that nobody foresaw; `what` says where it happened. */
export type LogFailure = (what: string, error: unknown) => void

/** Where something was thrown. */
export interface Place {
  what: string
  rename: (text: string) => string
  log: LogFailure
  /** Nobody waits for the answer any more. */
  aborted: boolean
}

/** Whatever was thrown as what its caller may see of it: refusals as they are, anything unforeseen only logged. */
export function toRefusal(error: unknown, { what, log, aborted }: Place): SpoolError {
  if (error instanceof SpoolError) return error
  // A wait that ends because its caller left is no failure.
  if (!aborted) log(`${what} failed`, error)
  return ownError(error)
}
