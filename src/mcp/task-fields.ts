import { DETAILS } from './answers/status.js'
import { identifier, oneOf, text, wholeNumber } from './fields.js'
import { DEFAULT_WAIT_MS, MAX_ANSWER_BYTES, MAX_SECONDS, MAX_WAIT_MS, MIN_ANSWER_BYTES } from './limits.js'

/** Input fields that more than one tool takes. */

export const taskId = identifier({
  about: 'The task, as kiro_chat_async named it',
  remedy: 'use the task_id from kiro_chat_async, or look it up with kiro_task_list',
})

export const sessionId = identifier({
  about: 'The session, as kiro_session_create or kiro_chat_async named it',
  remedy: 'use a session_id from kiro_session_list',
})

export const agent = identifier({
  about: 'Name of a configured agent; the default agent without it',
  remedy: 'kiro_agents_list tells the names',
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
  min: MIN_ANSWER_BYTES,
  max: MAX_ANSWER_BYTES,
  about:
    'Most bytes of the whole answer. What does not fit is left for the next call; one chunk is always given',
  remedy: 'leave it out for a size that every client takes',
})

export const detail = oneOf(DETAILS, {
  about:
    '"full": chunks and their joined content; "text": only what the agent answers (cheapest to read); "chunks": only the chunks',
  remedy: 'leave it out for full',
})

export const waitMs = wholeNumber({
  min: 0,
  max: MAX_WAIT_MS,
  about: `How long to wait for news, in ms; 0 answers at once, ${DEFAULT_WAIT_MS} without it`,
  remedy: 'call again where that is not long enough',
})
