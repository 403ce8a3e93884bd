import { invalidField } from '../../domain/errors.js'
import type { Call } from '../call.js'
import { DETAILS } from '../results/status.js'
import { identifier, oneOf, text, wholeNumber } from './fields.js'
import {
  MAX_RESULT_BYTES,
  MAX_SECONDS,
  MAX_WAIT_MS,
  MAX_WAIT_WITH_PROGRESS_MS,
  MIN_RESULT_BYTES,
} from './limits.js'

/* Input fields of more than one tool. */

export const taskId = identifier({ about: 'The task' })

export const sessionId = identifier({ about: 'The session' })

export const agent = identifier({ about: 'Name of a configured agent; default: the default agent' })

export const workingDirectory = text({
  about: 'Absolute path of the working directory',
  remedy: 'use the absolute path of an existing directory',
})

export const ttlSeconds = wholeNumber({
  min: 1,
  max: MAX_SECONDS,
  about: 'How long the task stays readable after its end, in seconds',
  remedy: 'omit it for the configured retention',
})

export const timeoutSeconds = wholeNumber({
  min: 1,
  max: MAX_SECONDS,
  about: 'Time limit of the task in seconds; default: none',
  remedy: 'omit it for no limit',
})

export const idempotencyKey = identifier({
  about:
    'Any unique text: repeating the call with the same key returns the same task instead of a second one',
  remedy: 'use a new random text for each new task',
})

export const maxBytes = wholeNumber({
  min: MIN_RESULT_BYTES,
  max: MAX_RESULT_BYTES,
  about: 'Maximum size of the result in bytes; the rest comes with the next call',
  remedy: 'omit it for a size that every client accepts',
})

export const detail = oneOf(DETAILS, {
  about:
    '"text": the agent\'s answer, cheapest to read; "content": the same as new_content, for hosts that show only ' +
    'structuredContent; "chunks": numbered, with times and kinds; "full": everything, for programs',
  remedy: 'omit it for full',
})

/** More than MAX_WAIT_MS only with a progress token; see assertWaitAllowed. */
export const waitMs = wholeNumber({
  min: 0,
  max: MAX_WAIT_WITH_PROGRESS_MS,
  about: `How long to wait, in ms; at most ${MAX_WAIT_MS} unless the call has a progress token`,
  remedy: 'call again to wait longer',
})

/**
 * Throws `invalid_input` for a wait that this call's client would not sit out: only a client that receives progress can
 * extend its time limit. To be called before anything is done.
 */
export function assertWaitAllowed(waitMs: number, { progress }: Pick<Call, 'progress'>): void {
  if (waitMs <= MAX_WAIT_MS || progress !== undefined) return
  throw invalidField(
    'wait_ms',
    `must be from 0 to ${MAX_WAIT_MS} in a call without a progress token, got ${waitMs}; call again to wait longer`,
  )
}
