import { setImmediate as yieldToPolls } from 'node:timers/promises'
import type { PurgeCount, PurgeCutoff, TaskStore } from '../domain/store.js'

/**
 * Takes what is finished and past its time, a small bite at a time; between two bites everybody else has a turn.
 * Leaves a row in `purges` when it took something. The signal ends it between two bites, and nothing is half gone:
 * a task begun is out of sight and the next purge goes on with it.
 */
export async function runPurge(
  store: TaskStore,
  cutoff: PurgeCutoff,
  trigger: 'schedule' | 'person',
  now: () => number,
  signal: AbortSignal,
): Promise<PurgeCount> {
  const startedAt = now()
  const total: PurgeCount = { tasks: 0, chunks: 0, bytes: 0, sessions: 0 }
  try {
    for (let done = false; !done && !signal.aborted; ) {
      const step = await store.purgeStep(cutoff)
      total.tasks += step.tasks
      total.chunks += step.chunks
      total.bytes += step.bytes
      total.sessions += step.sessions
      done = step.done
      await yieldToPolls()
    }
  } finally {
    // Also what was taken before a step failed.
    const hasTaken = total.chunks > 0 || total.tasks > 0 || total.sessions > 0
    if (hasTaken) await store.recordPurge({ ...total, startedAt, finishedAt: now(), trigger })
  }
  if (total.chunks === 0 && total.tasks === 0) return total
  for (let done = false; !done && !signal.aborted; ) {
    done = (await store.reclaimStep()).done
    await yieldToPolls()
  }
  return total
}
