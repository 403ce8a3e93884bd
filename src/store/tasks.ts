import { and, count, desc, eq, gte, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { sessions, tasks } from '../../drizzle/schema.js'
import { invalidField, SpoolError, taskNotFound } from '../domain/errors.js'
import type { NewTask, TaskFilter, TaskPage } from '../domain/store.js'
import { ACTIVE_STATUSES, type Task } from '../domain/task.js'
import { type TaskRow, taskColumns, toTask } from './rows.js'
import type { SessionQueries } from './sessions.js'

/** Queries for tasks as clients see them. Each runs inside the caller's transaction. */
export function taskQueries(db: BetterSQLite3Database, sessionQueries: SessionQueries) {
  const visible = () =>
    db.select(taskColumns).from(tasks).innerJoin(sessions, eq(sessions.key, tasks.sessionKey)).$dynamic()
  const byId = visible()
    .where(and(eq(tasks.id, sql.placeholder('id')), isNull(tasks.purgedAt)))
    .prepare()
  const byIdempotencyKey = visible()
    .where(and(eq(tasks.idempotencyKey, sql.placeholder('key')), isNull(tasks.purgedAt)))
    .prepare()
  const ofSession = visible()
    .where(and(eq(tasks.sessionKey, sql.placeholder('session')), isNull(tasks.purgedAt)))
    .orderBy(desc(tasks.key))
    .limit(sql.placeholder('limit'))
    .prepare()
  const active = db
    .select({ count: count() })
    .from(tasks)
    .where(sql`status IN ('pending', 'running', 'streaming', 'input_required')`)
    .prepare()

  function find(taskId: string): TaskRow | undefined {
    return byId.get({ id: taskId })
  }

  function findByKey(idempotencyKey: string): TaskRow | undefined {
    return byIdempotencyKey.get({ key: idempotencyKey })
  }

  /** Throws `task_not_found`. */
  function require(taskId: string): TaskRow {
    const row = find(taskId)
    if (!row) throw taskNotFound(taskId)
    return row
  }

  function countActive(): number {
    return active.get()?.count ?? 0
  }

  return {
    find,
    findByKey,
    require,
    countActive,

    create(task: NewTask, maxActive: number): { task: Task; created: boolean } {
      const existing = task.idempotencyKey === null ? undefined : findByKey(task.idempotencyKey)
      if (existing) return { task: toTask(existing), created: false }
      if (countActive() >= maxActive) {
        throw new SpoolError(
          'too_many_tasks',
          `Maximum concurrent tasks (${maxActive}) reached; wait for one to end, cancel one, or raise SPOOLD_MAX_TASKS.`,
        )
      }
      const sessionKey =
        'open' in task.session
          ? sessionQueries.insert(task.session.open)
          : sessionQueries.openForTask(task.session.existing, task.agent)
      sessionQueries.touch(sessionKey, task.at)
      const { session: _session, at, ...columns } = task
      db.insert(tasks)
        .values({ ...columns, sessionKey, status: 'pending', createdAt: at })
        .run()
      return { task: toTask(require(task.id)), created: true }
    },

    findIds(prefix: string, limit: number): string[] {
      return db
        .select({ id: tasks.id })
        .from(tasks)
        .where(and(gte(tasks.id, prefix), lt(tasks.id, `${prefix}\u{10ffff}`), isNull(tasks.purgedAt)))
        .orderBy(desc(tasks.id))
        .limit(limit)
        .all()
        .map((row) => row.id)
    },

    list(filter: TaskFilter): TaskPage {
      const conditions: SQL[] = [isNull(tasks.purgedAt)]
      if (filter.sessionId !== undefined) {
        conditions.push(eq(tasks.sessionKey, sessionQueries.keyOf(filter.sessionId)))
      }
      if (filter.status !== undefined) conditions.push(eq(tasks.status, filter.status))
      else if (!filter.includeEnded) conditions.push(inArray(tasks.status, [...ACTIVE_STATUSES]))
      if (filter.cursor !== undefined) conditions.push(lt(tasks.key, readCursor(filter.cursor)))
      const rows = visible()
        .where(and(...conditions))
        .orderBy(desc(tasks.key))
        .limit(filter.limit + 1)
        .all()
      const page = rows.slice(0, filter.limit)
      const last = page.at(-1)
      return {
        tasks: page.map(toTask),
        nextCursor: rows.length > page.length && last ? String(last.key) : null,
      }
    },

    /** The newest `limit` tasks of a session, oldest first. */
    ofSession(sessionId: string, limit: number): TaskRow[] {
      return ofSession.all({ session: sessionQueries.keyOf(sessionId), limit }).reverse()
    },

    setPinned(taskId: string, pinned: boolean): Task {
      require(taskId)
      db.update(tasks).set({ pinned }).where(eq(tasks.id, taskId)).run()
      return toTask(require(taskId))
    },
  }
}

function readCursor(cursor: string): number {
  const key = Number(cursor)
  if (/^\d+$/.test(cursor) && Number.isSafeInteger(key)) return key
  throw invalidField('cursor', 'is not the next_cursor of an earlier page; omit it for the first page.')
}

export type TaskQueries = ReturnType<typeof taskQueries>
