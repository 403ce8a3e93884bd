import pRetry from 'p-retry'
import { ERRORS, SpoolError } from '../domain/errors.js'
import type { Log } from './log.js'

/**
 * Repeats a step of the store for as long as the storage cannot take it (disk full, locked, read-only): what a task
 * wrote waits in its spool meanwhile, and nothing is lost. Any other failure rejects at once, and so does the signal; but a
 * step that was done when the signal came is told as done.
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
    shouldRetry: ({ error }) => willPass(error),
    onFailedAttempt: ({ error, attemptNumber }) => {
      // Called for an abort and for lasting failures, too.
      if (attemptNumber === 1 && willPass(error)) log.warn({ err: error }, `${what} waits for the storage`)
    },
  }).catch((error: unknown) => {
    if (done === undefined) throw error
  })
  return (done as { result: T }).result
}

function willPass(error: unknown): boolean {
  return error instanceof SpoolError && ERRORS[error.code].retryable
}
