import { type ErrorCode, internalError, SpoolError } from '../domain/errors.js'
import { oneLine } from '../domain/text.js'

/** Takes a failure that nobody foresaw; `what` says where it happened. */
export type LogFailure = (what: string, error: unknown) => void

/** Where something was thrown. */
export interface ErrorContext {
  what: string
  rename: (text: string) => string
  log: LogFailure
  /** Nobody waits for the answer any more. */
  aborted: boolean
}

/** What a caller is told of a refusal. */
export interface ClientError {
  code: ErrorCode
  /** One sentence. */
  message: string
  field?: string
}

/** Our sentences are far shorter; what they repeat of a caller's is cut where it is put in. */
const MAX_MESSAGE_LENGTH = 2_000
const MAX_FIELD_LENGTH = 200

/** Whatever was thrown, fit to be told: clean, short, and never a stack. */
export function toClientError(error: unknown, place: ErrorContext): ClientError {
  const { code, message, field } = toSpoolError(error, place)
  return {
    code,
    message: oneLine(place.rename(message), MAX_MESSAGE_LENGTH),
    ...(field === undefined ? {} : { field: oneLine(field, MAX_FIELD_LENGTH) }),
  }
}

/** Whatever was thrown as what its caller may see of it: refusals as they are, anything unforeseen only logged. */
function toSpoolError(error: unknown, { what, log, aborted }: ErrorContext): SpoolError {
  if (error instanceof SpoolError && error.code !== 'internal') return error
  // A wait that ends because its caller left is no failure.
  if (!aborted) log(`${what} failed`, error)
  return internalError(error)
}
