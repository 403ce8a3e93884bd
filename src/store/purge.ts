import Database from 'better-sqlite3'
import {
  and,
  asc,
  count,
  eq,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  min,
  not,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { chunks, purges, sessions, tasks } from '../../drizzle/schema.js'
import type { PurgeCount, PurgeCutoff, PurgeRun, PurgeStep } from '../domain/store.js'
import type { SearchIndexQueries } from './search-index.js'

/** Limits of one step. Larger steps delete faster, but polls wait for the end of a step (docs/internals/performance.md). */
const CHUNKS_PER_STEP = 500
const SESSIONS_PER_STEP = 100
/** Pages of 8 KiB that one step returns to the file system. */
const PAGES_PER_STEP = 256

const NOTHING_YET = { tasks: 0, chunks: 0, bytes: 0, sessions: 0, done: false }

/**
 * The purge, in small steps. A task is hidden first (purged_at), so that no client ever reads a task whose first chunks
 * are gone. Then it is removed from the search index, then its chunks are deleted, and its row last. Each step
 * adds to the record of the purge. After a crash the next daemon continues with the hidden tasks.
 */
export function purgeQueries(
  sqlite: Database.Database,
  db: BetterSQLite3Database,
  searchIndex: SearchIndexQueries,
) {
  const candidate = (cutoffColumn: typeof tasks.expiresAt | typeof tasks.completedAt): SQL | undefined =>
    and(
      isNotNull(tasks.completedAt),
      // As a literal, so that SQLite can use the partial index tasks_to_expire.
      sql`${tasks.pinned} = 0`,
      isNull(tasks.purgedAt),
      lte(cutoffColumn, sql.placeholder('cutoff')),
    )
  const expired = candidate(tasks.expiresAt)
  const endedBefore = candidate(tasks.completedAt)
  const unusedSession = and(
    lte(sessions.lastUsedAt, sql.placeholder('cutoff')),
    not(sql`EXISTS (SELECT 1 FROM tasks WHERE tasks.session_key = sessions.key)`),
  )

  const hidden = db.select({ key: tasks.key }).from(tasks).where(isNotNull(tasks.purgedAt)).limit(1).prepare()
  const nextExpired = db
    .select({ key: tasks.key, at: tasks.expiresAt })
    .from(tasks)
    .where(expired)
    .orderBy(asc(tasks.expiresAt))
    .limit(1)
    .prepare()
  const nextEnded = db
    .select({ key: tasks.key, at: tasks.completedAt })
    .from(tasks)
    .where(endedBefore)
    .limit(1)
    .prepare()
  const indexRange = db
    .select({ first: min(chunks.idx), last: max(chunks.idx) })
    .from(chunks)
    .where(eq(chunks.taskKey, sql.placeholder('task')))
    .prepare()
  const chunksBefore = and(
    eq(chunks.taskKey, sql.placeholder('task')),
    lt(chunks.idx, sql.placeholder('end')),
  )
  const sizeBefore = db
    .select({ bytes: sql<number>`coalesce(sum(length(CAST(${chunks.content} AS BLOB))), 0)` })
    .from(chunks)
    .where(chunksBefore)
    .prepare()
  const deleteChunksBefore = db.delete(chunks).where(chunksBefore).prepare()
  const deleteTask = db
    .delete(tasks)
    .where(eq(tasks.key, sql.placeholder('task')))
    .prepare()
  const deleteUnusedSessions = db
    .delete(sessions)
    .where(
      inArray(
        sessions.key,
        db.select({ key: sessions.key }).from(sessions).where(unusedSession).limit(SESSIONS_PER_STEP),
      ),
    )
    .prepare()
  const totals = (condition: SQL | undefined) =>
    db
      .select({
        tasks: count(),
        chunks: sql<number>`coalesce(sum(${tasks.chunkCount}), 0)`,
        bytes: sql<number>`coalesce(sum(${tasks.bytes}), 0)`,
      })
      .from(tasks)
      .where(condition)
      .prepare()
  const expiredTotals = totals(expired)
  const endedTotals = totals(endedBefore)
  const countUnusedSessions = db.select({ count: count() }).from(sessions).where(unusedSession).prepare()

  /** The next task to delete, hidden from now on. */
  function hideNext(cutoff: PurgeCutoff): number | undefined {
    const alreadyHidden = hidden.get()
    if (alreadyHidden) return alreadyHidden.key
    const next =
      cutoff.endedAt === undefined
        ? nextExpired.get({ cutoff: cutoff.expiredAt })
        : nextEnded.get({ cutoff: cutoff.endedAt })
    if (!next) return undefined
    db.update(tasks)
      .set({ purgedAt: next.at, idempotencyKey: null, searchIdx: null })
      .where(eq(tasks.key, next.key))
      .run()
    return next.key
  }

  function deleteSome(cutoff: PurgeCutoff): PurgeCount & { done: boolean } {
    if (searchIndex.needsMerge()) {
      searchIndex.merge()
      return NOTHING_YET
    }
    const task = hideNext(cutoff)
    if (task === undefined) {
      const { changes } = deleteUnusedSessions.run({ cutoff: cutoff.sessionsUnusedSince })
      return { tasks: 0, chunks: 0, bytes: 0, sessions: changes, done: changes < SESSIONS_PER_STEP }
    }
    // Before the chunks, because the index needs the text of a passage to remove its words.
    if (!searchIndex.unindex(task)) return NOTHING_YET
    const { first, last } = indexRange.get({ task }) ?? { first: null, last: null }
    if (first === null || last === null) {
      deleteTask.run({ task })
      return { tasks: 1, chunks: 0, bytes: 0, sessions: 0, done: false }
    }
    const end = first + CHUNKS_PER_STEP
    const { bytes } = sizeBefore.get({ task, end }) ?? { bytes: 0 }
    const { changes } = deleteChunksBefore.run({ task, end })
    if (last >= end) return { tasks: 0, chunks: changes, bytes, sessions: 0, done: false }
    deleteTask.run({ task })
    return { tasks: 1, chunks: changes, bytes, sessions: 0, done: false }
  }

  /** Creates or extends the record of a purge. A purge that deletes nothing has no record. */
  function record(deleted: PurgeCount, { startedAt, at, trigger, record: key }: PurgeRun): number | null {
    if (deleted.tasks + deleted.chunks + deleted.sessions === 0) return key
    if (key === null) {
      const row = { ...deleted, startedAt, finishedAt: at, trigger }
      return db.insert(purges).values(row).returning({ key: purges.key }).get().key
    }
    db.update(purges)
      .set({
        finishedAt: at,
        tasks: sql`${purges.tasks} + ${deleted.tasks}`,
        chunks: sql`${purges.chunks} + ${deleted.chunks}`,
        bytes: sql`${purges.bytes} + ${deleted.bytes}`,
        sessions: sql`${purges.sessions} + ${deleted.sessions}`,
      })
      .where(eq(purges.key, key))
      .run()
    return key
  }

  return {
    count(cutoff: PurgeCutoff): PurgeCount {
      const found =
        cutoff.endedAt === undefined
          ? expiredTotals.get({ cutoff: cutoff.expiredAt })
          : endedTotals.get({ cutoff: cutoff.endedAt })
      return {
        ...(found ?? { tasks: 0, chunks: 0, bytes: 0 }),
        sessions: countUnusedSessions.get({ cutoff: cutoff.sessionsUnusedSince })?.count ?? 0,
      }
    },

    step(cutoff: PurgeCutoff, purge: PurgeRun): PurgeStep {
      const { done, ...deleted } = deleteSome(cutoff)
      return { ...deleted, done, record: record(deleted, purge) }
    },

    /** Runs outside any transaction, as an incremental vacuum requires. */
    reclaim(): { done: boolean } {
      const before = countFreePages(sqlite)
      if (before > 0) {
        sqlite.pragma(`incremental_vacuum(${PAGES_PER_STEP})`)
        checkpoint(sqlite)
      }
      const after = countFreePages(sqlite)
      // A file that was created without auto_vacuum keeps its free pages.
      return { done: after === 0 || after === before }
    },
  }
}

function countFreePages(sqlite: Database.Database): number {
  return sqlite.pragma('freelist_count', { simple: true }) as number
}

/**
 * The file is truncated at a checkpoint. An automatic one after many steps would truncate hundreds of megabytes at once,
 * and polls would wait for it.
 */
function checkpoint(sqlite: Database.Database): void {
  try {
    sqlite.pragma('wal_checkpoint(PASSIVE)')
  } catch (error) {
    // As with automatic checkpoints: the log keeps everything, and the next checkpoint tries again.
    if (!(error instanceof Database.SqliteError)) throw error
  }
}
