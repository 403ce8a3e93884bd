import { and, count, desc, eq, getTableColumns, inArray, isNull, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { sessions, tasks } from '../../drizzle/schema.js'
import { SpoolError, sessionNotFound } from '../domain/errors.js'
import type { Session } from '../domain/session.js'
import type { NewSession } from '../domain/store.js'
import { ACTIVE_STATUSES } from '../domain/task.js'
import { toSession } from './rows.js'

/** Queries for sessions. Each runs inside the caller's transaction. */
export function sessionQueries(db: BetterSQLite3Database) {
  const columns = {
    ...getTableColumns(sessions),
    // As text, because Drizzle omits table names here, and `key` alone would be the task's.
    taskCount: sql<number>`(SELECT count(*) FROM tasks WHERE tasks.session_key = sessions.key AND tasks.purged_at IS NULL)`,
  }
  const byId = db
    .select(columns)
    .from(sessions)
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare()
  const byLastUse = db
    .select(columns)
    .from(sessions)
    .orderBy(desc(sessions.lastUsedAt), desc(sessions.key))
    .limit(sql.placeholder('limit'))
    .prepare()
  const activeTasks = db
    .select({ count: count() })
    .from(tasks)
    .where(and(eq(tasks.sessionKey, sql.placeholder('key')), inArray(tasks.status, [...ACTIVE_STATUSES])))
    .prepare()

  /** Throws `session_not_found`. */
  function require(sessionId: string) {
    const found = byId.get({ id: sessionId })
    if (!found) throw sessionNotFound(sessionId)
    return found
  }

  return {
    find(sessionId: string): Session | undefined {
      const found = byId.get({ id: sessionId })
      return found && toSession(found)
    },

    list(limit: number): Session[] {
      return byLastUse.all({ limit }).map(toSession)
    },

    /** Returns the key of the new session. */
    insert(session: NewSession): number {
      return db
        .insert(sessions)
        .values({
          id: session.id,
          agent: session.agent,
          workingDirectory: session.workingDirectory,
          createdAt: session.at,
          lastUsedAt: session.at,
        })
        .returning({ key: sessions.key })
        .get().key
    },

    /** The key of the session for a new task. Throws `session_not_found`, `session_ended`, or `invalid_input` for another agent. */
    openForTask(sessionId: string, agent: string): number {
      const session = require(sessionId)
      if (session.endedAt !== null) {
        throw new SpoolError('session_ended', `Session ${sessionId} has ended`, {
          field: 'session_id',
          action: 'open_session',
        })
      }
      if (session.agent !== agent) {
        throw new SpoolError(
          'invalid_input',
          `Session ${sessionId} belongs to the agent ${session.agent}, not to ${agent}`,
          { field: 'agent', action: 'omit_field' },
        )
      }
      return session.key
    },

    touch(key: number, at: number): void {
      db.update(sessions)
        .set({ lastUsedAt: sql`max(${sessions.lastUsedAt}, ${at})` })
        .where(eq(sessions.key, key))
        .run()
    },

    setAgentSession(key: number, agentSessionId: string): void {
      db.update(sessions).set({ agentSessionId }).where(eq(sessions.key, key)).run()
    },

    end(sessionId: string, at: number): Session {
      const session = require(sessionId)
      const active = activeTasks.get({ key: session.key })?.count ?? 0
      if (active > 0) {
        throw new SpoolError(
          'session_busy',
          `Session ${sessionId} has ${active} active task${active === 1 ? '' : 's'}; wait for ${active === 1 ? 'it' : 'them'} or cancel first.`,
          { field: 'session_id' },
        )
      }
      db.update(sessions)
        .set({ endedAt: at })
        .where(and(eq(sessions.key, session.key), isNull(sessions.endedAt)))
        .run()
      return toSession(require(sessionId))
    },

    keyOf(sessionId: string): number {
      return require(sessionId).key
    },
  }
}

export type SessionQueries = ReturnType<typeof sessionQueries>
