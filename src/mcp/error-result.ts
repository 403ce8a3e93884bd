import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import type { z } from 'zod'
import { SpoolError } from '../domain/errors.js'
import type { errorAnswer } from './json-schema.js'

/** Takes a failure that nobody foresaw; `what` says where it happened. */
export type LogFailure = (what: string, error: unknown) => void

interface Place {
  tool: string
  rename: (text: string) => string
  log: LogFailure
  /** Nobody waits for the answer any more. */
  aborted: boolean
}

/** A failed call as its caller sees it: one sentence, a code, the field; never a stack. */
export function errorResult(error: unknown, place: Place): CallToolResult {
  const told = error instanceof SpoolError ? error : unforeseen(error, place)
  const structured: z.infer<typeof errorAnswer> = {
    code: told.code,
    message: place.rename(told.message),
    ...(told.field === undefined ? {} : { field: told.field }),
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
