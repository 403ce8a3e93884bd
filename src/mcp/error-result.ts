import type { z } from 'zod'
import { oneLine } from '../domain/shown-text.js'
import type { errorAnswer } from './inputs/json-schema.js'
import type { CallResult } from './offer/call.js'
import { type Place, toRefusal } from './refusal.js'

/** Our sentences are far shorter; what they repeat of a caller's is cut where it is put in. */
const LONGEST_MESSAGE = 2_000
const LONGEST_FIELD = 200

/** A failed call as its caller sees it: one sentence, a code, the field; never a stack. */
export function errorResult(error: unknown, place: Place): CallResult {
  const told = toRefusal(error, place)
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
