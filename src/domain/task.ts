import type { PermissionPolicy } from './permission-policy.js'
import type { Question } from './question.js'

/**
 * Terms of this file:
 * - task: one message to one agent.
 * - active: pending, or under way: running, streaming (output has arrived) or input_required (the agent waits for a
 *   permission).
 * - ended: completed, failed or cancelled. An ended task never changes its status.
 * - attempt: the number of the process that was started for the task, from 1; 0 before the first start.
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

/** Why spoold ends a task whose process still runs; stored before the process is killed. */
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
  /** How long the task is kept after its end. */
  ttlMs: number
  timeoutMs: number | null
  stallMs: number | null
  permissions: PermissionPolicy
  createdAt: number
  attempt: number
  chunkCount: number
  /** UTF-8 size of the contents of all chunks. */
  bytes: number
  /** UTF-8 size of the text chunks, which in order make up the result. */
  textBytes: number
  lastOutputAt: number | null
}

interface Ended {
  completedAt: number
  /** When the purge can remove the task, unless it is pinned. */
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
      /** A response or a stop is stored, but was not passed on to the agent yet. */
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

/** What a task is asked to do; can be megabytes. */
interface TaskRequest {
  message: string
  /** The command line of `spoold exec`; null for every configured agent. */
  argv: string[] | null
}

/** A task without its request: what each poll reads. */
export type TaskOutline = TaskFacts & TaskState
export type Task = TaskOutline & TaskRequest
export type EndedTask = Extract<Task, { completedAt: number }>

export function isEnded<T extends TaskOutline>(task: T): task is Extract<T, { completedAt: number }> {
  return 'completedAt' in task
}

/** The task as clients see it: without a question that is settled. */
export function toPublicTask(task: Task): Task
export function toPublicTask(task: TaskOutline): TaskOutline
export function toPublicTask(task: TaskOutline): TaskOutline {
  if (task.status !== 'input_required' || task.isSettled !== true) return task
  const { question: _, isSettled: __, ...rest } = task
  return { ...rest, status: 'streaming' }
}

/** Milliseconds from the start of the process to its end, or to `now`; null if no process was started. */
export function durationMs(task: TaskOutline, now: number): number | null {
  if (task.status === 'pending' || task.startedAt === null) return null
  return (isEnded(task) ? task.completedAt : now) - task.startedAt
}
