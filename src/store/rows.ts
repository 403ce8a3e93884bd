import { getTableColumns } from 'drizzle-orm'
import { sessions, tasks } from '../../drizzle/schema.js'
import type { Question } from '../domain/question.js'
import type { Session } from '../domain/session.js'
import type { Run } from '../domain/store.js'
import type { Task, TaskOutline, TaskState } from '../domain/task.js'

/** The columns of a task, with those of its session. */
export const taskColumns = {
  ...getTableColumns(tasks),
  sessionId: sessions.id,
  agentSessionId: sessions.agentSessionId,
}

export type TaskRow = typeof tasks.$inferSelect & { sessionId: string; agentSessionId: string | null }
/** What a TaskOutline is made of. */
export type OutlineRow = Omit<
  TaskRow,
  | 'sessionKey'
  | 'message'
  | 'argv'
  | 'agentSessionId'
  | 'lastChunkAt'
  | 'token'
  | 'pid'
  | 'pidStartTime'
  | 'bootId'
  | 'outOffset'
  | 'errOffset'
  | 'decoderState'
  | 'purgedAt'
  | 'searchIdx'
>
export type SessionRow = typeof sessions.$inferSelect & { taskCount: number }

export function toSession(row: SessionRow): Session {
  const { key: _key, ...session } = row
  return session
}

export function toTask(row: TaskRow): Task {
  return { ...toOutline(row), message: row.message, argv: row.argv }
}

export function toOutline(row: OutlineRow): TaskOutline {
  return {
    id: row.id,
    sessionId: row.sessionId,
    agent: row.agent,
    model: row.model,
    workingDirectory: row.workingDirectory,
    priority: row.priority,
    idempotencyKey: row.idempotencyKey,
    pinned: row.pinned,
    ttlMs: row.ttlMs,
    timeoutMs: row.timeoutMs,
    stallMs: row.stallMs,
    permissions: row.permissions,
    createdAt: row.createdAt,
    attempt: row.attempt,
    chunkCount: row.chunkCount,
    bytes: row.bytes,
    textBytes: row.textBytes,
    lastOutputAt: row.lastOutputAt,
    ...toState(row),
  }
}

/** The CHECK constraints of the table guarantee the assertions. */
function toState(row: OutlineRow): TaskState {
  const ended = {
    completedAt: row.completedAt as number,
    expiresAt: row.expiresAt as number,
    exitCode: row.exitCode,
  }
  switch (row.status) {
    case 'pending':
      return { status: 'pending' }
    case 'running':
    case 'streaming':
      return { status: row.status, startedAt: row.startedAt as number }
    case 'input_required':
      return {
        status: row.status,
        startedAt: row.startedAt as number,
        question: row.question as Question,
        ...(row.answer === null && row.stopReason === null ? {} : { isSettled: true as const }),
      }
    case 'completed':
      return { status: 'completed', endReason: 'exit', startedAt: row.startedAt as number, ...ended }
    case 'failed':
      return {
        status: 'failed',
        endReason: row.endReason as Extract<TaskState, { status: 'failed' }>['endReason'],
        error: row.error ?? '',
        startedAt: row.startedAt,
        ...ended,
      }
    case 'cancelled':
      return { status: 'cancelled', endReason: 'cancelled', startedAt: row.startedAt, ...ended }
  }
}

export function toRun(row: TaskRow): Run {
  const { pid, pidStartTime, bootId } = row
  return {
    taskId: row.id,
    attempt: row.attempt,
    task: toTask(row),
    token: row.token ?? '',
    identity:
      pid === null || pidStartTime === null || bootId === null
        ? null
        : { pid, startTime: pidStartTime, bootId },
    agentSessionId: row.agentSessionId,
    offsets: { out: row.outOffset, err: row.errOffset },
    decoderState: row.decoderState,
    stopReason: row.stopReason,
    response: row.answer,
  }
}
