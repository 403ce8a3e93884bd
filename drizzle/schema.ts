import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { CHUNK_KINDS } from '../src/domain/chunk.js'
import type { Json } from '../src/domain/json.js'
import { PERMISSION_POLICIES } from '../src/domain/permission-policy.js'
import type { Question, QuestionResponse } from '../src/domain/question.js'
import { ACTIVE_STATUSES, END_REASONS, STOP_REASONS, TASK_STATUSES } from '../src/domain/task.js'

/*
 * All times are integer milliseconds since 1970 (UTC). Integer keys are inside, text ids outside; people read the
 * views (migrations/), where no key is seen. Indexes are named by the query that they serve.
 */

/** A closed list as SQL literals, for CHECKs and partial indexes. */
function literals(values: readonly string[]) {
  return sql.raw(values.map((value) => `'${value}'`).join(', '))
}

export const sessions = sqliteTable(
  'sessions',
  {
    key: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull(),
    agent: text().notNull(),
    workingDirectory: text('working_directory').notNull(),
    agentSessionId: text('agent_session_id'),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (t) => [uniqueIndex('sessions_by_id').on(t.id), index('sessions_by_last_use').on(t.lastUsedAt)],
)

export const tasks = sqliteTable(
  'tasks',
  {
    key: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull(),
    sessionKey: integer('session_key')
      .notNull()
      .references(() => sessions.key),
    agent: text().notNull(),
    model: text(),
    message: text().notNull(),
    /** JSON array of strings; only for `spoold exec`. */
    argv: text({ mode: 'json' }).$type<string[]>(),
    workingDirectory: text('working_directory').notNull(),
    priority: integer().notNull().default(0),
    idempotencyKey: text('idempotency_key'),
    pinned: integer({ mode: 'boolean' }).notNull().default(false),
    ttlMs: integer('ttl_ms').notNull(),
    timeoutMs: integer('timeout_ms'),
    stallMs: integer('stall_ms'),
    permissions: text({ enum: PERMISSION_POLICIES }).notNull().default('deny'),

    status: text({ enum: TASK_STATUSES }).notNull(),
    endReason: text('end_reason', { enum: END_REASONS }),
    exitCode: integer('exit_code'),
    error: text(),
    createdAt: integer('created_at').notNull(),
    startedAt: integer('started_at'),
    completedAt: integer('completed_at'),
    expiresAt: integer('expires_at'),
    lastOutputAt: integer('last_output_at'),
    chunkCount: integer('chunk_count').notNull().default(0),
    bytes: integer().notNull().default(0),
    textBytes: integer('text_bytes').notNull().default(0),
    /** Time of the newest chunk: no later chunk is dated before it, whatever the clock does. */
    lastChunkAt: integer('last_chunk_at').notNull().default(0),

    attempt: integer().notNull().default(0),
    /** Mark in the environment of the attempt's processes. */
    token: text(),
    pid: integer(),
    pidStartTime: text('pid_start_time'),
    bootId: text('boot_id'),
    outOffset: integer('out_offset').notNull().default(0),
    errOffset: integer('err_offset').notNull().default(0),
    decoderState: text('decoder_state', { mode: 'json' }).$type<Json>(),
    stopReason: text('stop_reason', { enum: STOP_REASONS }),
    /** What the agent waits for, while the status is input_required. */
    question: text({ mode: 'json' }).$type<Question>(),
    /** What a person answered to it, until the agent's side has it. */
    answer: text({ mode: 'json' }).$type<QuestionResponse>(),
    /** Set when the purge has begun to take the task: from then on it is out of sight. */
    purgedAt: integer('purged_at'),
    /** The first chunk that the search does not know; -1 while it does not know the message, null once it knows all. */
    searchIdx: integer('search_idx').default(-1),
  },
  (t) => [
    uniqueIndex('tasks_by_id').on(t.id),
    uniqueIndex('tasks_by_idempotency_key').on(t.idempotencyKey).where(sql`idempotency_key IS NOT NULL`),
    index('tasks_of_session').on(t.sessionKey),
    index('tasks_active')
      .on(t.status, t.priority)
      .where(sql`status IN (${literals(ACTIVE_STATUSES)})`),
    index('tasks_to_expire').on(t.expiresAt).where(sql`expires_at IS NOT NULL AND pinned = 0`),
    // An append changes none of these columns.
    index('tasks_to_index')
      .on(t.key)
      .where(sql`search_idx IS NOT NULL AND (search_idx < 0 OR completed_at IS NOT NULL)`),
    index('tasks_being_purged').on(t.purgedAt).where(sql`purged_at IS NOT NULL`),
    check('tasks_status', sql`status IN (${literals(TASK_STATUSES)})`),
    check('tasks_end_reason', sql`end_reason IN (${literals(END_REASONS)})`),
    check('tasks_stop_reason', sql`stop_reason IN (${literals(STOP_REASONS)})`),
    check('tasks_permissions', sql`permissions IN (${literals(PERMISSION_POLICIES)})`),
    check('tasks_question', sql`(status = 'input_required') = (question IS NOT NULL)`),
    check('tasks_pinned', sql`pinned IN (0, 1)`),
    check(
      'tasks_ended_is_whole',
      sql`(status IN (${literals(ACTIVE_STATUSES)})) = (completed_at IS NULL)
        AND (completed_at IS NULL) = (end_reason IS NULL)
        AND (completed_at IS NULL) = (expires_at IS NULL)`,
    ),
  ],
)

export const chunks = sqliteTable(
  'chunks',
  {
    key: integer().primaryKey(),
    taskKey: integer('task_key')
      .notNull()
      .references(() => tasks.key),
    idx: integer().notNull(),
    kind: text({ enum: CHUNK_KINDS }).notNull(),
    content: text().notNull(),
    at: integer().notNull(),
    isFinal: integer('is_final', { mode: 'boolean' }).notNull().default(false),
  },
  (t) => [
    uniqueIndex('chunks_from_index').on(t.taskKey, t.idx),
    check('chunks_kind', sql`kind IN (${literals(CHUNK_KINDS)})`),
    check('chunks_is_final', sql`is_final IN (0, 1)`),
    check('chunks_idx', sql`idx >= 0`),
  ],
)

/**
 * What the search finds: stretches of a task's text, each the text of the chunks from one index to another, or (both
 * indexes -1) the beginning of its message. Words are found within one of them.
 */
export const passages = sqliteTable(
  'passages',
  {
    key: integer().primaryKey(),
    taskKey: integer('task_key')
      .notNull()
      .references(() => tasks.key),
    firstIdx: integer('first_idx').notNull(),
    lastIdx: integer('last_idx').notNull(),
    bytes: integer().notNull(),
  },
  (t) => [index('passages_of_task').on(t.taskKey), check('passages_order', sql`first_idx <= last_idx`)],
)

/** One row for each run of the purge that took something. */
export const purges = sqliteTable('purges', {
  key: integer().primaryKey({ autoIncrement: true }),
  startedAt: integer('started_at').notNull(),
  finishedAt: integer('finished_at').notNull(),
  /** What asked for it: `schedule`, or `person` for `spoold purge`. */
  trigger: text().notNull(),
  tasks: integer().notNull(),
  chunks: integer().notNull(),
  bytes: integer().notNull(),
  sessions: integer().notNull(),
})
