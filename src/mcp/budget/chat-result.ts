import type { TaskProgress, TaskService } from '../../domain/service.js'
import type { StartResult } from '../results/start.js'
import { READ_AHEAD_BYTES } from '../schema/limits.js'
import type { ToolResult } from '../tools/tool.js'
import type { ToolNames } from '../wording.js'
import { fitStart } from './start.js'

/** What there is of a task from its beginning on, without waiting: enough for an answer of `maxBytes`. */
export function readFromStart(service: TaskService, taskId: string, maxBytes: number): Promise<TaskProgress> {
  const query = { from: 0, waitMs: 0, waitFor: 'done', maxBytes: maxBytes + READ_AHEAD_BYTES } as const
  return service.status(taskId, query)
}

/** What kiro_chat answers: the agent's text as far as it fits, and the handle to read on. */
export function chatResult(
  progress: TaskProgress,
  view: { maxBytes: number; now: () => number; tool: ToolNames },
): ToolResult<StartResult> {
  const { status } = progress.task
  const fit = { maxBytes: view.maxBytes, detail: 'both', now: view.now(), tool: view.tool } as const
  const answer = fitStart(progress, fit)
  return status === 'failed' || status === 'cancelled' ? { ...answer, isError: true } : answer
}
