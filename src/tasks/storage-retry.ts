import pRetry from 'p-retry'
import { ERRORS, SpoolError } from '../domain/errors.js'
import type { Log } from './log.js'

/**
 * Repeats a step until the storage can take it (disk full, database locked or read-only). Nothing is lost meanwhile: a
 * task's output waits in its spool. Any other failure rejects at once, and so does the signal; but if the step had
 * already succeeded when the signal aborted, its result is returned.
 *
 * @param what names the step in the log: "… waits for the storage"
 */
export async function retryStorage<T>(
  step: () => Promise<T>,
  what: string,
  log: Log,
  signal: AbortSignal,
): Promise<T> {
  let done: { result: T } | undefined
  const tryOnce = async () => {
    done = { result: await step() }
  }
  await pRetry(tryOnce, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 200,
    maxTimeout: 5_000,
    signal,
    shouldRetry: ({ error }) => isRetryable(error),
    onFailedAttempt: ({ error, attemptNumber }) => {
      // Also called for an abort and for failures that are not retried.
      if (attemptNumber === 1 && isRetryable(error)) {
        log.warn({ err: error }, `${what} waits for the storage`)
      }
    },
  }).catch((error: unknown) => {
    if (done === undefined) throw error
  })
  return (done as { result: T }).result
}

function isRetryable(error: unknown): boolean {
  return error instanceof SpoolError && ERRORS[error.code].retryable
}
