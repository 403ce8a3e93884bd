import { type ErrorCode, ownError, SpoolError } from '../domain/errors.js'
import { oneLine } from '../domain/text.js'

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

/** What a caller is told of a refusal. */
export interface ToldRefusal {
  code: ErrorCode
  /** One sentence. */
  message: string
  field?: string
}

/** Our sentences are far shorter; what they repeat of a caller's is cut where it is put in. */
const LONGEST_MESSAGE = 2_000
const LONGEST_FIELD = 200

/** Whatever was thrown, fit to be told: clean, short, and never a stack. */
export function tellRefusal(error: unknown, place: Place): ToldRefusal {
  const { code, message, field } = toRefusal(error, place)
  return {
    code,
    message: oneLine(place.rename(message), LONGEST_MESSAGE),
    ...(field === undefined ? {} : { field: oneLine(field, LONGEST_FIELD) }),
  }
}

/** Whatever was thrown as what its caller may see of it: refusals as they are, anything unforeseen only logged. */
function toRefusal(error: unknown, { what, log, aborted }: Place): SpoolError {
  if (error instanceof SpoolError && error.code !== 'internal') return error
  // A wait that ends because its caller left is no failure.
  if (!aborted) log(`${what} failed`, error)
  return ownError(error)
}
