import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { PurgeCount, PurgeCutoff, PurgeRun, TaskStore } from '../domain/store.js'
import type { Notifier } from './notifier.js'

/**
 * Removes what is finished and past its time, in small steps that let polls run in between. Each step that removes
 * something also updates the row of this purge in `purges`, so a daemon that dies leaves a correct record. The signal
 * ends the purge between two steps: a partly removed task is no longer visible, and the next purge finishes it.
 */
export async function runPurge(
  store: TaskStore,
  cutoff: PurgeCutoff,
  trigger: PurgeRun['trigger'],
  now: () => number,
  signal: AbortSignal,
): Promise<PurgeCount> {
  const startedAt = now()
  const total: PurgeCount = { tasks: 0, chunks: 0, bytes: 0, sessions: 0 }
  let record: number | null = null
  for (let done = false; !done && !signal.aborted; ) {
    const step = await store.purgeStep(cutoff, { startedAt, at: now(), trigger, record })
    total.tasks += step.tasks
    total.chunks += step.chunks
    total.bytes += step.bytes
    total.sessions += step.sessions
    ;({ done, record } = step)
    await yieldToOthers()
  }
  if (total.chunks === 0 && total.tasks === 0) return total
  for (let done = false; !done && !signal.aborted; ) {
    done = (await store.reclaimStep()).done
    await yieldToOthers()
  }
  return total
}

/** Notifies the watchers of the list and of every task that is gone. */
export async function notifyPurged(store: TaskStore, notifier: Notifier): Promise<void> {
  notifier.notifyList()
  for (const taskId of notifier.watchedTasks()) {
    const task = await store.getTask(taskId).catch(() => undefined)
    if (task === undefined) notifier.notifyTask(taskId)
  }
}
