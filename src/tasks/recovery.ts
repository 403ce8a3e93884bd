import type { AttemptKey, Run } from '../domain/store.js'
import { isEnded } from '../domain/task.js'
import type { RunContext } from './run/context.js'
import { FIRST_NOTICE } from './run/launch.js'
import { endPieces } from './run/outcome.js'
import type { Scheduler } from './scheduler.js'
import { retryStorage } from './storage-retry.js'

/**
 * What a daemon does with the tasks of the one before it, once, before it takes new ones: every task whose process was
 * recorded is adopted (its run finds out whether it lives, has ended or is lost); one whose launch was announced but
 * never recorded is settled first; one that never started goes back to the queue, or ends if it was to be stopped.
 *
 * Storage that takes nothing is not waited for: it rejects, and the next start tries again. Nothing is lost by that.
 */
export async function recover(context: RunContext, scheduler: Scheduler): Promise<void> {
  const runs = await context.store.activeRuns()
  for (const run of runs) await recoverRun(run, context, scheduler)
  if (runs.length > 0) context.log.info({ tasks: runs.length }, 'took up the tasks of the daemon before')
  await discardLeftoverSpools(context)
}

async function recoverRun(run: Run, context: RunContext, scheduler: Scheduler): Promise<void> {
  const { store, processes: runner, now } = context
  if (run.task.status === 'pending') return storeEnd(run, context)
  if (run.identity !== null) return scheduler.adopt(run)
  const identity = await runner.settleLaunch(run)
  if (identity !== 'never_started') {
    await store.recordProcess(run, identity, [{ kind: 'notice', content: FIRST_NOTICE }], now())
    const task = { ...run.task, chunkCount: run.task.chunkCount + 1 }
    return scheduler.adopt({ ...run, task, identity })
  }
  if (run.stopReason !== null) return storeEnd(run, context)
  await store.releaseClaim(run)
}

/** Ends a task for which a stop was stored, but nothing had been started; waits for storage that cannot take it. */
export function endUnstarted(run: AttemptKey, context: RunContext, signal: AbortSignal): Promise<void> {
  return retryStorage(() => storeEnd(run, context), 'an end', context.log, signal)
}

async function storeEnd(run: AttemptKey, context: RunContext): Promise<void> {
  const outcome = { status: 'cancelled', exitCode: null } as const
  await context.store.finish({
    taskId: run.taskId,
    attempt: run.attempt,
    ...endPieces([], outcome),
    outcome,
    agentSessionId: null,
    at: context.now(),
  })
  context.notifier.notifyOutput(run.taskId)
  context.notifier.notifyList()
}

/** Spools of tasks that have ended (the daemon died after the last commit) or that nobody knows. */
export async function discardLeftoverSpools({ store, processes: runner, log }: RunContext): Promise<void> {
  for (const taskId of await runner.spooledTasks()) {
    const task = await store.getTask(taskId)
    if (task && !isEnded(task)) continue
    try {
      await runner.discardSpool(taskId)
      log.info({ task: taskId }, 'removed a spool that was left over')
    } catch (error) {
      log.warn({ err: error, task: taskId }, 'a spool that was left over could not be removed')
    }
  }
}
