import type { z } from 'zod'
import {
  ERROR_META,
  type ErrorCode,
  type ErrorWording,
  internalError,
  type LogFailure,
  SpoolError,
  wordError,
} from '../domain/errors.js'
import { oneLine } from '../domain/text.js'
import type { CallResult } from './call.js'
import type { errorSchema } from './schema/json-schema.js'

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

/** The result of a failed tool call: one sentence, a code, the field; and in `_meta` the error before it was worded. */
export function errorResult(thrown: unknown, context: ErrorContext): CallResult {
  const error = toSpoolError(thrown, context)
  const structured: z.infer<typeof errorSchema> = { ...wordForClient(error, context.wording) }
  const { isPredicate, action } = error
  const problem = oneLine(error.problem, MAX_MESSAGE_LENGTH)
  return {
    isError: true,
    content: [{ type: 'text', text: structured.message }],
    structuredContent: structured,
    _meta: { [ERROR_META]: { problem, isPredicate, ...(action === undefined ? {} : { action }) } },
  }
}

function wordForClient(error: SpoolError, wording: ErrorWording): ClientError {
  const { code, field } = error
  return {
    code,
    message: oneLine(wordError(error, wording), MAX_MESSAGE_LENGTH),
    ...(field === undefined ? {} : { field: oneLine(field, MAX_FIELD_LENGTH) }),
  }
}

/** An unexpected failure is logged, and its caller learns no more than that. */
function toSpoolError(error: unknown, { what, log, aborted }: ErrorContext): SpoolError {
  if (error instanceof SpoolError && error.code !== 'internal') return error
  // A wait that ends because its caller left is not a failure.
  if (!aborted) log(`${what} failed`, error)
  return internalError(error)
}
