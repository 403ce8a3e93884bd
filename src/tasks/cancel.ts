import { setTimeout as delay } from 'node:timers/promises'
import { SpoolError } from '../domain/errors.js'
import type { CancelOutcome } from '../domain/service.js'
import { isEnded, type StopReason } from '../domain/task.js'
import { endUnstarted } from './recovery.js'
import { requireTask } from './require-task.js'
import type { RunContext } from './run/context.js'
import type { Scheduler } from './scheduler.js'

/** How long a cancel waits for the end of its task in addition to the grace periods of the kill. */
const PATIENCE_MS = 20_000

/** Cancels a task, and waits until no process of it is left and its end is stored. */
export async function cancelTask(
  taskId: string,
  scheduler: Scheduler,
  context: RunContext,
  closing: AbortSignal,
): Promise<CancelOutcome> {
  const { store, limits } = context
  const before = await requireTask(store, taskId)
  if (isEnded(before)) return { task: before, cancelled: false }
  const reason = await storeCancel(taskId, scheduler, context)
  if (reason !== undefined) {
    const run = await scheduler.find(taskId)
    if (run !== undefined) {
      run.stop(reason)
      await awaitEnd(run.done, taskId, limits.killGraceMs)
    } else {
      const { attempt } = await requireTask(store, taskId)
      await awaitEnd(endUnstarted({ taskId, attempt }, context, closing), taskId, limits.killGraceMs)
      scheduler.pump()
    }
  }
  const task = await requireTask(store, taskId)
  return { task, cancelled: task.status === 'cancelled' }
}

/** If the cancel cannot be stored, the process is killed all the same, and the error reports the storage. */
async function storeCancel(
  taskId: string,
  scheduler: Scheduler,
  { store }: RunContext,
): Promise<StopReason | undefined> {
  try {
    return await store.requestStop(taskId, 'cancelled')
  } catch (error) {
    const run = await scheduler.find(taskId)
    run?.stop('cancelled')
    throw error
  }
}

/**
 * Resolves with the end of a cancelled task. If the end cannot be stored, or a process does not end after SIGKILL, no
 * request hangs: throws SpoolError `storage_failed` after a while, and the task ends later.
 */
export async function awaitEnd(
  end: Promise<void>,
  taskId: string,
  killGraceMs: number,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const ended = new AbortController()
  // An agent in a dialogue gets the grace period twice: to stop by itself, and to exit.
  const timeout = delay(2 * killGraceMs + patienceMs, true, { signal: ended.signal }).catch(() => false)
  try {
    const isTimedOut = await Promise.race([end.then(() => false), timeout])
    if (isTimedOut) {
      throw new SpoolError(
        'storage_failed',
        `${taskId} is cancelled, but its end could not be stored yet; check for a full disk or a locked database.`,
      )
    }
  } finally {
    ended.abort()
  }
}
