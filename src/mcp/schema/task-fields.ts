import { DETAILS } from '../results/status.js'
import { identifier, oneOf, text, wholeNumber } from './fields.js'
import {
  MAX_RESULT_BYTES,
  MAX_SECONDS,
  MAX_WAIT_MS,
  MAX_WAIT_WITH_PROGRESS_MS,
  MIN_RESULT_BYTES,
} from './limits.js'

/** Input fields that more than one tool takes. */

export const taskId = identifier({
  about: 'The task',
})

export const sessionId = identifier({
  about: 'The session',
})

export const agent = identifier({
  about: 'Name of a configured agent; the default agent without it',
})

export const workingDirectory = text({
  about: 'Absolute path of the directory to work in',
  remedy: 'name an existing directory by its absolute path',
})

export const ttlSeconds = wholeNumber({
  min: 1,
  max: MAX_SECONDS,
  about: 'How long the task stays readable after its end, in seconds',
  remedy: 'leave it out for the configured retention',
})

export const timeoutSeconds = wholeNumber({
  min: 1,
  max: MAX_SECONDS,
  about: 'Time limit for the task, in seconds; none without it',
  remedy: 'leave it out for no limit',
})

export const idempotencyKey = identifier({
  about:
    'Any unique text: a repeat of the call with the same key gives the same task instead of a second one',
  remedy: 'use a fresh random text for each new task',
})

export const maxBytes = wholeNumber({
  min: MIN_RESULT_BYTES,
  max: MAX_RESULT_BYTES,
  about: 'Maximum size of the result in bytes beyond its first chunk; the rest comes with the next call',
  remedy: 'leave it out for a size that every client takes',
})

export const detail = oneOf(DETAILS, {
  about:
    '"text": what the agent answers, cheapest to read; "content": the same as new_content, for hosts that show only ' +
    'structuredContent; "chunks": numbered, with times and kinds; "full": everything, for programs',
  remedy: 'leave it out for full',
})

/** Beyond MAX_WAIT_MS only for a call with a progress token; see refuseLongWait. */
export const waitMs = wholeNumber({
  min: 0,
  max: MAX_WAIT_WITH_PROGRESS_MS,
  about: `How long to wait, in ms; at most ${MAX_WAIT_MS} unless the call has a progress token`,
  remedy: 'call again where that is not long enough',
})
