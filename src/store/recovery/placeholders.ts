import type { NamedRow } from './layouts.js'

/** Retention of a task whose retention is lost. */
const DEFAULT_TTL_MS = 7 * 24 * 60 * 60 * 1000

export const TASK_LOST =
  'The record of this task was lost when the database was damaged; the remaining output is kept.'
const END_LOST = 'How this task ended was lost when the database was damaged.'

/** The end of a task that has ended although its row is older than that. It is never guessed to be a success. */
export function endOfLostTask(completedAt: number, ttlMs: number): NamedRow {
  return {
    status: 'failed',
    end_reason: 'lost',
    error: END_LOST,
    exit_code: null,
    completed_at: completedAt,
    expires_at: completedAt + ttlMs,
    decoder_state: null,
    stop_reason: null,
    question: null,
    answer: null,
    pid: null,
    pid_start_time: null,
    boot_id: null,
  }
}

/** The row of a task of which only chunks or the id are left. Times in ms since 1970. */
export function placeholderTask(
  key: number,
  id: string,
  sessionKey: number,
  createdAt: number,
  now: number,
): NamedRow {
  return {
    key,
    id,
    session_key: sessionKey,
    agent: 'unknown',
    message: '',
    working_directory: '/',
    ttl_ms: DEFAULT_TTL_MS,
    created_at: createdAt,
    ...endOfLostTask(now, DEFAULT_TTL_MS),
    error: TASK_LOST,
  }
}

/** The row of a lost session, from one of its tasks. */
export function placeholderSession(key: number, id: string, task: NamedRow): NamedRow {
  const { agent, working_directory, created_at } = task
  return {
    key,
    id,
    agent: agent ?? null,
    working_directory: working_directory ?? null,
    created_at: created_at ?? null,
    last_used_at: created_at ?? null,
  }
}

/** The session of all tasks whose rows are lost. */
export function sessionOfLostTasks(now: number): NamedRow {
  return {
    id: 'session-damaged',
    agent: 'unknown',
    working_directory: '/',
    created_at: now,
    last_used_at: now,
    ended_at: now,
  }
}
