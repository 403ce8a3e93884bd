import type { z } from 'zod'
import type { CallResult } from './call.js'
import { type ErrorContext, toClientError } from './client-error.js'
import type { errorSchema } from './schema/json-schema.js'

/** A failed call as its caller sees it: one sentence, a code, the field; never a stack. */
export function errorResult(error: unknown, place: ErrorContext): CallResult {
  const structured: z.infer<typeof errorSchema> = { ...toClientError(error, place) }
  return {
    isError: true,
    content: [{ type: 'text', text: structured.message }],
    structuredContent: structured,
  }
}
