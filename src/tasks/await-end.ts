import { setTimeout as delay } from 'node:timers/promises'
import { SpoolError } from '../domain/errors.js'

/** Beside the graces of a kill, how long a cancel waits for the end of its task. */
const PATIENCE_MS = 20_000

/**
 * Resolves with the end of a task that is cancelled. No request hangs: an end that cannot be stored, or a process that
 * outlasts SIGKILL, is not waited for; then throws SpoolError `storage_failed`, and the end comes later all the same.
 */
export async function awaitEnd(
  end: Promise<void>,
  taskId: string,
  killGraceMs: number,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const ended = new AbortController()
  // An agent that is spoken to has its grace twice: to stop by itself, and to end.
  const late = delay(2 * killGraceMs + patienceMs, true, { signal: ended.signal }).catch(() => false)
  try {
    if (await Promise.race([end.then(() => false), late])) throw notEndedYet(taskId)
  } finally {
    ended.abort()
  }
}

function notEndedYet(taskId: string): SpoolError {
  return new SpoolError(
    'storage_failed',
    `${taskId} is cancelled, but its end could not be stored yet. Check for a full disk or a locked database: spoold doctor.`,
  )
}
