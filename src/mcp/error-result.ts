import type { z } from 'zod'
import { SpoolError } from '../domain/errors.js'
import { oneLine } from '../domain/shown-text.js'
import type { errorAnswer } from './inputs/json-schema.js'
import type { CallResult } from './offer/call.js'

/** Takes a failure that nobody foresaw; `what` says where it happened. */
export type LogFailure = (what: string, error: unknown) => void

interface Place {
  tool: string
  rename: (text: string) => string
  log: LogFailure
  /** Nobody waits for the answer any more. */
  aborted: boolean
}

/** Our sentences are far shorter; what they repeat of a caller's is cut where it is put in. */
const LONGEST_MESSAGE = 2_000
const LONGEST_FIELD = 200

/** A failed call as its caller sees it: one sentence, a code, the field; never a stack. */
export function errorResult(error: unknown, place: Place): CallResult {
  const told = error instanceof SpoolError ? error : unforeseen(error, place)
  const structured: z.infer<typeof errorAnswer> = {
    code: told.code,
    message: oneLine(place.rename(told.message), LONGEST_MESSAGE),
    ...(told.field === undefined ? {} : { field: oneLine(told.field, LONGEST_FIELD) }),
  }
  return {
    isError: true,
    content: [{ type: 'text', text: structured.message }],
    structuredContent: structured,
  }
}

function unforeseen(error: unknown, place: Place): SpoolError {
  // A wait that ends because its caller left is no failure.
  if (!place.aborted) place.log(`tool ${place.tool} failed`, error)
  return new SpoolError(
    'internal',
    "spoold met an error of its own; the daemon's log (daemon.log) has the details",
    {
      cause: error,
    },
  )
}
