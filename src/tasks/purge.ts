import { setImmediate as yieldToPolls } from 'node:timers/promises'
import type { PurgeCount, PurgeCutoff, PurgeRun, TaskStore } from '../domain/store.js'

/**
 * Takes what is finished and past its time, a small bite at a time; between two bites everybody else has a turn.
 * Its row in `purges` is written with each bite that took something, so a daemon that dies leaves it as well. The signal
 * ends it between two bites, and nothing is half gone: a task begun is out of sight and the next purge goes on with it.
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
    await yieldToPolls()
  }
  if (total.chunks === 0 && total.tasks === 0) return total
  for (let done = false; !done && !signal.aborted; ) {
    done = (await store.reclaimStep()).done
    await yieldToPolls()
  }
  return total
}
