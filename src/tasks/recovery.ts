import type { AttemptKey, Run } from '../domain/store.js'
import { isEnded } from '../domain/task.js'
import type { RunContext } from './run/context.js'
import { endPieces } from './run/judge.js'
import { recordProcess } from './run/launch.js'
import type { Scheduler } from './scheduler.js'
import { retryStorage } from './storage-retry.js'

/**
 * Recovers the tasks of an earlier daemon, once, before any new task: a task whose process is recorded is adopted (its
 * run finds out whether the process is alive, has ended or is lost); a launch that was announced but not recorded is
 * settled first; a task that never started goes back to the queue, or ends if it has to stop.
 *
 * Rejects if the storage cannot be written; nothing is lost, and the next start tries again.
 */
export async function recover(context: RunContext, scheduler: Scheduler): Promise<void> {
  const runs = await context.store.activeRuns()
  for (const run of runs) await recoverRun(run, context, scheduler)
  if (runs.length > 0) context.log.info({ tasks: runs.length }, 'recovered the tasks of the previous daemon')
  await discardLeftoverSpools(context)
}

async function recoverRun(run: Run, context: RunContext, scheduler: Scheduler): Promise<void> {
  if (run.task.status === 'pending') return storeCancelled(run, context)
  if (run.identity !== null) return scheduler.adopt(run)
  const identity = await context.processes.settleLaunch(run)
  if (identity !== 'never_started') return scheduler.adopt(await recordProcess(run, identity, context))
  if (run.stopReason !== null) return storeCancelled(run, context)
  await context.store.releaseClaim(run)
}

/** Ends a task that has to stop and was never started. Waits until the storage can be written. */
export function endUnstarted(run: AttemptKey, context: RunContext, signal: AbortSignal): Promise<void> {
  return retryStorage(() => storeCancelled(run, context), 'an end', context.log, signal)
}

async function storeCancelled({ taskId, attempt }: AttemptKey, context: RunContext): Promise<void> {
  const outcome = { status: 'cancelled', exitCode: null } as const
  await context.store.finish({
    taskId,
    attempt,
    ...endPieces([], outcome),
    outcome,
    agentSessionId: null,
    at: context.now(),
  })
  context.notifier.notifyOutput(taskId)
  context.notifier.notifyList()
}

/** Removes the spools of unknown tasks, and of tasks that have ended: a daemon can die right after the last commit. */
export async function discardLeftoverSpools({ store, processes, log }: RunContext): Promise<void> {
  for (const taskId of await processes.spooledTasks()) {
    const task = await store.getTask(taskId)
    if (task && !isEnded(task)) continue
    try {
      await processes.discardSpool(taskId)
      log.info({ task: taskId }, 'removed a leftover spool')
    } catch (error) {
      log.warn({ err: error, task: taskId }, 'a leftover spool could not be removed')
    }
  }
}
