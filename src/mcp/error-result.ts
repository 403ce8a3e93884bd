import type { z } from 'zod'
import { ERROR_META } from '../domain/errors.js'
import { oneLine } from '../domain/text.js'
import type { CallResult } from './call.js'
import { type ErrorContext, toSpoolError, wordForClient } from './client-error.js'
import type { errorSchema } from './schema/json-schema.js'

const MAX_PROBLEM_LENGTH = 2_000

/** The result of a failed tool call: one sentence, a code, the field. */
export function errorResult(thrown: unknown, context: ErrorContext): CallResult {
  const error = toSpoolError(thrown, context)
  const structured: z.infer<typeof errorSchema> = { ...wordForClient(error, context.wording) }
  const { isPredicate, action } = error
  const problem = oneLine(error.problem, MAX_PROBLEM_LENGTH)
  return {
    isError: true,
    content: [{ type: 'text', text: structured.message }],
    structuredContent: structured,
    _meta: { [ERROR_META]: { problem, isPredicate, ...(action === undefined ? {} : { action }) } },
  }
}
