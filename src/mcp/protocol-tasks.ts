import prettyMilliseconds from 'pretty-ms'
import { type LogFailure, RPC, SpoolError } from '../domain/errors.js'
import type { TaskService } from '../domain/service.js'
import { isEnded, type Task } from '../domain/task.js'
import type { CallResult } from './call.js'
import { iso } from './results/time.js'
import { RpcError } from './rpc-error.js'
import type { ToolNames } from './wording.js'

/** Tasks of the protocol as a view of the service's tasks; each era has its own names for some fields. */
export interface ProtocolTasks {
  service: TaskService
  /** ms since 1970. */
  now: () => number
  tool: ToolNames
  log: LogFailure
  /** The result of the call that started the task, which has ended and could be run. */
  result(task: Task): Promise<CallResult>
}

export interface TaskView {
  taskId: string
  status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled'
  /** One line for a person or a model. */
  statusMessage: string
  /** ISO 8601. */
  createdAt: string
  lastUpdatedAt: string
  /** ms from the creation until the purge may remove it; null while it works, and if it is pinned. */
  ttl: number | null
}

/** How often a client is asked to poll, ms. */
export const POLL_INTERVAL_MS = 2_000

export function viewTask({ now, tool }: Pick<ProtocolTasks, 'now' | 'tool'>, task: Task): TaskView {
  return {
    taskId: task.id,
    status: protocolStatus(task),
    statusMessage: statusMessage(task, now(), tool),
    createdAt: iso(task.createdAt),
    lastUpdatedAt: iso(lastChange(task)),
    ttl: isEnded(task) && !task.pinned ? task.expiresAt - task.createdAt : null,
  }
}

/** Nothing was run, so there is no result: MCP's `failed`. */
export function wasNotRun(task: Task): boolean {
  return isEnded(task) && (task.endReason === 'launch_error' || task.endReason === 'agent_missing')
}

/** Why such a task has no result. */
export function notRunError(task: Task): RpcError {
  const isMissing = isEnded(task) && task.endReason === 'agent_missing'
  const sentence = task.status === 'failed' ? task.error : 'The task could not be run'
  return new RpcError(RPC.internal, isMissing ? 'agent_missing' : 'launch_error', sentence, {
    task_id: task.id,
  })
}

/** Rejects if the service cannot tell. */
export async function taskExists(service: TaskService, taskId: string): Promise<boolean> {
  try {
    await service.get(taskId)
    return true
  } catch (error) {
    if (isTaskNotFound(error)) return false
    throw error
  }
}

export function isTaskNotFound(error: unknown): boolean {
  return error instanceof SpoolError && error.code === 'task_not_found'
}

/** An agent that failed has a result all the same, which says so; `failed` is for a task that could not be run. */
function protocolStatus(task: Task): TaskView['status'] {
  if (task.status === 'cancelled' || task.status === 'input_required') return task.status
  if (!isEnded(task)) return 'working'
  return wasNotRun(task) ? 'failed' : 'completed'
}

function statusMessage(task: Task, now: number, tool: ToolNames): string {
  if (task.status === 'failed') return task.error
  if (isEnded(task)) return task.status === 'completed' ? 'Done.' : 'Cancelled.'
  if (task.status === 'input_required') {
    return `Asks for permission: ${task.question.text} (respond with ${tool('task_respond')})`
  }
  if (task.status === 'pending') return 'Waiting in the queue.'
  if (task.lastOutputAt === null) return 'Running, no output yet.'
  const silence = prettyMilliseconds(Math.max(0, now - task.lastOutputAt), { secondsDecimalDigits: 0 })
  return `Running, ${task.chunkCount} chunks, last output ${silence} ago.`
}

function lastChange(task: Task): number {
  if (isEnded(task)) return task.completedAt
  const startedAt = task.status === 'pending' ? task.createdAt : task.startedAt
  return Math.max(startedAt, task.lastOutputAt ?? 0)
}
