import type { TaskProgress } from '../domain/service.js'
import { type StartAnswer, toStartAnswer } from './answers/start.js'
import { fitStatus } from './fit-status.js'
import { RPC, RpcError } from './rpc-error.js'
import { wasNotRun } from './task-view.js'
import type { ToolAnswer } from './tool.js'

/** What the answer tells beyond a poll, bytes. */
const START_BYTES = 400

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
  const fit = {
    from: 0,
    maxBytes: view.maxBytes - START_BYTES,
    detail: 'text',
    now: view.now(),
  } as const
  const answer = toStartAnswer(task, view.rename, fitStatus(progress, fit))
  const failed = task.status === 'failed' || task.status === 'cancelled'
  return failed ? { ...answer, isError: true } : answer
}
