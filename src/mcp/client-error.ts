import { type ErrorCode, type ErrorWording, internalError, SpoolError, wordError } from '../domain/errors.js'
import { oneLine } from '../domain/text.js'

/** Logs an unexpected failure; `what` says where it happened. */
export type LogFailure = (what: string, error: unknown) => void

/** Where an error was thrown, and how its caller names things. */
export interface ErrorContext {
  what: string
  wording: ErrorWording
  log: LogFailure
  /** The caller no longer waits for the result. */
  aborted: boolean
}

/** An error as its caller sees it: never a stack, never a cause. */
export interface ClientError {
  code: ErrorCode
  /** One sentence that says what to do. */
  message: string
  field?: string
}

/** Our own sentences are far shorter; a caller's text inside them is cut where it is inserted. */
const MAX_MESSAGE_LENGTH = 2_000
const MAX_FIELD_LENGTH = 200

export function toClientError(error: unknown, context: ErrorContext): ClientError {
  return wordForClient(toSpoolError(error, context), context.wording)
}

export function wordForClient(error: SpoolError, wording: ErrorWording): ClientError {
  const { code, field } = error
  return {
    code,
    message: oneLine(wordError(error, wording), MAX_MESSAGE_LENGTH),
    ...(field === undefined ? {} : { field: oneLine(field, MAX_FIELD_LENGTH) }),
  }
}

/** An unexpected failure is logged, and its caller learns no more than that. */
export function toSpoolError(error: unknown, { what, log, aborted }: ErrorContext): SpoolError {
  if (error instanceof SpoolError && error.code !== 'internal') return error
  // A wait that ends because its caller left is not a failure.
  if (!aborted) log(`${what} failed`, error)
  return internalError(error)
}
