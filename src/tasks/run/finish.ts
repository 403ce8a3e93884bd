import { retryStorage } from '../storage-retry.js'
import type { RunContext } from './context.js'
import type { RunControl } from './control.js'
import { endPieces } from './judge.js'
import type { RunState, TaskEnd } from './state.js'

/** Stores the end of a task: last chunks, final chunk and status in one transaction. Then its spool is removed. */
export async function finish(end: TaskEnd, control: RunControl, context: RunContext): Promise<RunState> {
  const { store, processes, notifier, log, now } = context
  const { taskId, outcome } = end
  const storeEnd = () => store.finish({ ...end, ...endPieces(end.pieces, outcome), at: now() })
  const task = await retryStorage(storeEnd, 'an end', log, control.detached)
  notifier.notifyOutput(taskId)
  notifier.notifyList()
  // The next purge removes a spool that cannot be removed now.
  await processes
    .discardSpool(taskId)
    .catch((error: unknown) => log.warn({ err: error, task: taskId }, 'a spool could not be removed'))
  log.info({ task: taskId, status: task.status, reason: task.endReason, exitCode: task.exitCode }, 'ended')
  return { name: 'ended' }
}
