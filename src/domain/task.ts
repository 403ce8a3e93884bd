import type { PermissionPolicy } from './permission-policy.js'
import type { Question } from './question.js'

/**
 * Words of this file:
 * - task: one message handed to one agent.
 * - active: pending, or under way (running, streaming, input_required: the agent waits for a permission); ended: completed, failed or cancelled, and that never changes.
 * - attempt: how often a process was started for the task, from 1; 0 while it waits for its first start.
 *
 * All times are integer milliseconds since 1970 (UTC), all sizes are bytes.
 */

export const UNDER_WAY_STATUSES = ['running', 'streaming', 'input_required'] as const
export const ACTIVE_STATUSES = ['pending', ...UNDER_WAY_STATUSES] as const
export const ENDED_STATUSES = ['completed', 'failed', 'cancelled'] as const
export const TASK_STATUSES = [...ACTIVE_STATUSES, ...ENDED_STATUSES] as const
export type TaskStatus = (typeof TASK_STATUSES)[number]

export const END_REASONS = [
  'exit',
  'agent_error',
  'timeout',
  'stalled',
  'output_limit',
  'lost',
  'cancelled',
  'launch_error',
  'agent_missing',
] as const
export type EndReason = (typeof END_REASONS)[number]

/** What spoold itself asks for while the process still runs; it is stored before anything is killed. */
export const STOP_REASONS = ['cancelled', 'timeout', 'stalled', 'output_limit'] as const
export type StopReason = (typeof STOP_REASONS)[number]

interface TaskFacts {
  id: string
  sessionId: string
  agent: string
  model: string | null
  workingDirectory: string
  priority: number
  idempotencyKey: string | null
  pinned: boolean
  /** How long the task stays after its end. */
  ttlMs: number
  timeoutMs: number | null
  stallMs: number | null
  permissions: PermissionPolicy
  createdAt: number
  attempt: number
  chunkCount: number
  /** UTF-8 size of all chunks' contents. */
  bytes: number
  /** UTF-8 size of the text chunks alone, which joined in order are the result. */
  textBytes: number
  lastOutputAt: number | null
}

interface Ended {
  completedAt: number
  /** When the purge may take the task (a pinned one stays). */
  expiresAt: number
  exitCode: number | null
}

export type TaskState =
  | { status: 'pending' }
  | { status: 'running' | 'streaming'; startedAt: number }
  | {
      status: 'input_required'
      startedAt: number
      question: Question
      /** It is answered, or a stop is stored, which the agent has not heard of yet. */
      isSettled?: true
    }
  | ({ status: 'completed'; endReason: 'exit'; startedAt: number } & Ended)
  | ({
      status: 'failed'
      endReason: Exclude<EndReason, 'cancelled'>
      error: string
      startedAt: number | null
    } & Ended)
  | ({ status: 'cancelled'; endReason: 'cancelled'; startedAt: number | null } & Ended)

/** What a task was asked to do, which may be megabytes. */
interface TaskRequest {
  message: string
  /** The command line of `spoold exec`; null for every configured agent. */
  argv: string[] | null
}

/** A task without what it was asked to do: what each poll reads. */
export type TaskOutline = TaskFacts & TaskState
export type Task = TaskOutline & TaskRequest
export type EndedTask = Extract<Task, { completedAt: number }>

export function isEnded<T extends TaskOutline>(task: T): task is Extract<T, { completedAt: number }> {
  return 'completedAt' in task
}

/** As everybody but its run sees it: a question that is settled is asked of nobody any more. */
export function toPublicTask(task: Task): Task
export function toPublicTask(task: TaskOutline): TaskOutline
export function toPublicTask(task: TaskOutline): TaskOutline {
  if (task.status !== 'input_required' || task.isSettled !== true) return task
  const { question: _, isSettled: __, ...rest } = task
  return { ...rest, status: 'streaming' }
}

/** Milliseconds from the start of the process to the end (or to `now`); null while nothing was started. */
export function durationMs(task: TaskOutline, now: number): number | null {
  if (task.status === 'pending' || task.startedAt === null) return null
  return (isEnded(task) ? task.completedAt : now) - task.startedAt
}
