import { Column, getTableColumns } from 'drizzle-orm'
import { sessions, tasks } from '../../drizzle/schema.js'
import type { Question } from '../domain/question.js'
import type { Session } from '../domain/session.js'
import type { Run } from '../domain/store.js'
import type { Task, TaskOutline, TaskState } from '../domain/task.js'

/** A task with what it takes from its session. */
export const taskColumns = {
  ...getTableColumns(tasks),
  sessionId: sessions.id,
  agentSessionId: sessions.agentSessionId,
}

const {
  message: _message,
  argv: _argv,
  agentSessionId: _agentSessionId,
  token: _token,
  decoderState: _decoderState,
  searchIdx: _searchIdx,
  ...outlineOfTask
} = taskColumns
/**
 * Of these a poll is answered. SQLite reads a message only where it is asked for, and one may be megabytes: so is a
 * decoder's state.
 */
export const outlineColumns = outlineOfTask

export type TaskRow = typeof tasks.$inferSelect & { sessionId: string; agentSessionId: string | null }
export type OutlineRow = Pick<TaskRow, keyof typeof outlineColumns>
export type SessionRow = typeof sessions.$inferSelect & { taskCount: number }

/**
 * Reads rows of these columns as better-sqlite3 gives them: values in the order of the columns, JSON and booleans not yet
 * read.
 */
function rowReader<Row>(columns: Record<string, Column>): (values: readonly unknown[]) => Row {
  // `column` where a value is stored as something else.
  const decoders = Object.entries(columns).map(([name, column]) => ({
    name,
    column: column.mapFromDriverValue === Column.prototype.mapFromDriverValue ? undefined : column,
  }))
  return (values) => {
    const row: Record<string, unknown> = {}
    decoders.forEach(({ name, column }, place) => {
      const value = values[place]
      row[name] = column === undefined || value === null ? value : column.mapFromDriverValue(value)
    })
    return row as Row
  }
}

export const readTaskRow = rowReader<TaskRow>(taskColumns)
export const readOutlineRow = rowReader<OutlineRow>(outlineColumns)

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

/** The table's CHECKs hold what is asserted here. */
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
