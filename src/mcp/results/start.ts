import { z } from 'zod'
import type { TaskProgress, TaskService } from '../../domain/service.js'
import type { TaskOutline } from '../../domain/task.js'
import { outputLink } from '../resources/addresses.js'
import { MIN_RESULT_BYTES } from '../schema/limits.js'
import type { ToolResult } from '../tools/tool.js'
import type { ToolNames } from '../wording.js'
import { boundedStatus } from './bounded-status.js'
import { type OutputMode, type StatusResult, statusResult } from './status.js'

/** The handle of a new task, and what a first poll gives if the call waited for the task. */
export const startResult = statusResult.partial().extend({
  task_id: z.string(),
  session_id: z.string(),
  status: statusResult.shape.status,
  message: z.string(),
  next_chunk_index: z.int().describe('from_chunk_index of the next poll'),
})
export type StartResult = z.infer<typeof startResult>

/** The handle alone. */
export function toStartResult(task: TaskOutline, tool: ToolNames): ToolResult<StartResult> {
  const { id: task_id, sessionId: session_id, status } = task
  const message = pollSentence(tool)
  return {
    structured: { task_id, session_id, status, message, next_chunk_index: 0 },
    text: `${message}\n${handleOf(task)}, ${status}, next_chunk_index 0`,
    links: [outputLink(task)],
  }
}

export interface StartBudget {
  /** Bound for the whole serialized result beyond its first chunk. */
  maxBytes: number
  detail: OutputMode
  /** ms since 1970. */
  now: number
  tool: ToolNames
}

/** The handle with what a first poll gives. The smallest results leave out the link to the output. */
export function boundedStart(progress: TaskProgress, budget: StartBudget): ToolResult<StartResult> {
  const { task } = progress
  const room = budget.maxBytes - handleBytes(task, budget.tool)
  const link = outputLink(task)
  const roomBesideLink = room - Buffer.byteLength(`,${JSON.stringify(link)}`)
  const hasLink = roomBesideLink >= MIN_RESULT_BYTES
  const poll = boundedStatus(progress, { ...budget, from: 0, maxBytes: hasLink ? roomBesideLink : room })
  const message = outcomeOf(poll.structured, budget.tool)
  return {
    structured: { ...poll.structured, session_id: task.sessionId, message },
    text: `${message} ${handleOf(task)}\n${poll.text}`,
    links: hasLink ? [link] : [],
  }
}

/** The output of a task from its start, without waiting: enough for a result of `maxBytes`. */
export function readFromStart(service: TaskService, taskId: string, maxBytes: number): Promise<TaskProgress> {
  return service.status(taskId, { from: 0, waitMs: 0, waitFor: 'done', maxBytes })
}

/** The result of a call that waited for its task: the agent's answer as far as it fits, and the handle to read on. */
export function chatResult(
  progress: TaskProgress,
  view: { maxBytes: number; now: () => number; tool: ToolNames },
): ToolResult<StartResult> {
  const { status } = progress.task
  const { maxBytes, now, tool } = view
  const result = boundedStart(progress, { maxBytes, detail: 'both', now: now(), tool })
  return status === 'failed' || status === 'cancelled' ? { ...result, isError: true } : result
}

/** The sentence of the module that spoold replaces; programs may look for it. */
function pollSentence(tool: ToolNames): string {
  return `Task started. Poll ${tool('task_status')} for updates.`
}

function outcomeOf({ is_done, end_reason, status }: StatusResult, tool: ToolNames): string {
  if (is_done) return 'The task has ended.'
  if (end_reason !== null) return 'The task has ended; read on.'
  return status === 'input_required' ? 'The task waits for a response.' : pollSentence(tool)
}

function handleOf({ id, sessionId }: TaskOutline): string {
  return `task_id ${id}, session_id ${sessionId}`
}

/** How many bytes the handle adds to a poll at most, without the link. */
function handleBytes(task: TaskOutline, tool: ToolNames): number {
  const added = JSON.stringify({ session_id: task.sessionId, message: pollSentence(tool) })
  return 2 * Buffer.byteLength(added) + Buffer.byteLength(`task_id ${task.id}`)
}
