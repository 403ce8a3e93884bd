import type { TaskProgress } from '../../domain/service.js'
import type { StartAnswer } from '../answers/start.js'
import { RPC, RpcError } from '../offer/rpc-error.js'
import { wasNotRun } from '../offer/task-view.js'
import type { ToolAnswer } from '../tool.js'
import { fitStart } from './fit-start.js'

/**
 * What kiro_chat answers: the agent's text as far as it fits, and the handle to read on. Throws RpcError where the
 * agent could not be run at all.
 */
export function chatAnswer(
  progress: TaskProgress,
  view: { maxBytes: number; now: () => number; rename: (text: string) => string },
): ToolAnswer<StartAnswer> {
  const { task } = progress
  if (task.status === 'failed' && wasNotRun(task)) {
    const code = task.endReason === 'agent_missing' ? 'agent_missing' : 'launch_error'
    throw new RpcError(RPC.internal, code, view.rename(task.error), { task_id: task.id })
  }
  const fit = { maxBytes: view.maxBytes, detail: 'both', now: view.now(), rename: view.rename } as const
  const answer = fitStart(progress, fit)
  const failed = task.status === 'failed' || task.status === 'cancelled'
  return failed ? { ...answer, isError: true } : answer
}
