import Database from 'better-sqlite3'
import type { PurgeCount, PurgeCutoff, PurgeRun, PurgeStep } from '../domain/store.js'
import type { SearchIndexQueries } from './search-index.js'

/**
 * How much one step may take. Larger bites delete faster, but everybody who polls waits while one is eaten
 * (docs/internals/performance.md).
 */
const CHUNKS_PER_STEP = 500
const SESSIONS_PER_STEP = 100
/** Pages of 8 KiB given back to the file system in one step. */
const PAGES_PER_STEP = 256

const EXPIRED = 'completed_at IS NOT NULL AND pinned = 0 AND purged_at IS NULL AND expires_at <= ?'
const ENDED_BEFORE = 'completed_at IS NOT NULL AND pinned = 0 AND purged_at IS NULL AND completed_at <= ?'
const UNUSED_SESSION =
  'last_used_at <= ? AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.session_key = sessions.key)'

const NOTHING_YET = { tasks: 0, chunks: 0, bytes: 0, sessions: 0, done: false }

interface Victim {
  key: number
  id: string
  at: number
}

/**
 * The purge in small steps. A task is first put out of sight (purged_at), so that nobody ever reads a task whose
 * first chunks are already gone; then the search forgets it, then its chunks go, a few hundred a step, and its row last.
 * What went is written down with each step. A daemon that dies in between goes on with the tasks it had begun.
 */
export function purgeQueries(sqlite: Database.Database, searchIndex: SearchIndexQueries) {
  const begun = sqlite.prepare<[], Victim>(
    'SELECT key, id, purged_at AS at FROM tasks WHERE purged_at IS NOT NULL LIMIT 1',
  )
  const nextExpired = sqlite.prepare<[number], Victim>(
    `SELECT key, id, expires_at AS at FROM tasks WHERE ${EXPIRED} ORDER BY expires_at LIMIT 1`,
  )
  const nextEnded = sqlite.prepare<[number], Victim>(
    `SELECT key, id, completed_at AS at FROM tasks WHERE ${ENDED_BEFORE} LIMIT 1`,
  )
  const hide = sqlite.prepare(
    'UPDATE tasks SET purged_at = ?, idempotency_key = NULL, search_idx = NULL WHERE key = ?',
  )
  const firstIndexes = sqlite.prepare<[number], { first: number | null; last: number | null }>(
    'SELECT min(idx) AS first, max(idx) AS last FROM chunks WHERE task_key = ?',
  )
  const measure = sqlite
    .prepare<[number, number], number>(
      'SELECT coalesce(sum(octets), 0) FROM (SELECT length(CAST(content AS BLOB)) AS octets FROM chunks WHERE task_key = ? AND idx < ?)',
    )
    .pluck()
  const deleteChunks = sqlite.prepare('DELETE FROM chunks WHERE task_key = ? AND idx < ?')
  const deleteTask = sqlite.prepare('DELETE FROM tasks WHERE key = ?')
  const deleteSessions = sqlite.prepare(
    `DELETE FROM sessions WHERE key IN (SELECT key FROM sessions WHERE ${UNUSED_SESSION} LIMIT ${SESSIONS_PER_STEP})`,
  )
  const countBy = (condition: string) =>
    sqlite.prepare<[number], { tasks: number; chunks: number; bytes: number }>(
      `SELECT count(*) AS tasks, coalesce(sum(chunk_count), 0) AS chunks, coalesce(sum(bytes), 0) AS bytes
       FROM tasks WHERE ${condition}`,
    )
  const countExpired = countBy(EXPIRED)
  const countEnded = countBy(ENDED_BEFORE)
  const countSessions = sqlite
    .prepare<[number], number>(`SELECT count(*) FROM sessions WHERE ${UNUSED_SESSION}`)
    .pluck()
  const beginRecord = sqlite.prepare(
    'INSERT INTO purges (started_at, finished_at, "trigger", tasks, chunks, bytes, sessions) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const addToRecord = sqlite.prepare(
    `UPDATE purges SET finished_at = ?, tasks = tasks + ?, chunks = chunks + ?, bytes = bytes + ?, sessions = sessions + ?
     WHERE key = ?`,
  )
  const freePages = sqlite.prepare<[], number>('SELECT freelist_count FROM pragma_freelist_count').pluck()

  function pick(cutoff: PurgeCutoff): Victim | undefined {
    const open = begun.get()
    if (open) return open
    const victim =
      cutoff.endedAt === undefined ? nextExpired.get(cutoff.expiredAt) : nextEnded.get(cutoff.endedAt)
    if (victim) hide.run(victim.at, victim.key)
    return victim
  }

  function take(cutoff: PurgeCutoff): PurgeCount & { done: boolean } {
    if (searchIndex.isUntidy()) {
      searchIndex.tidy()
      return NOTHING_YET
    }
    const victim = pick(cutoff)
    if (!victim) {
      const { changes } = deleteSessions.run(cutoff.sessionsUnusedSince)
      return { tasks: 0, chunks: 0, bytes: 0, sessions: changes, done: changes < SESSIONS_PER_STEP }
    }
    // The index is told what it forgets, so that has to be there still.
    if (!searchIndex.forget(victim.key)) return NOTHING_YET
    const { first, last } = firstIndexes.get(victim.key) ?? { first: null, last: null }
    if (first === null || last === null) {
      deleteTask.run(victim.key)
      return { tasks: 1, chunks: 0, bytes: 0, sessions: 0, done: false }
    }
    const end = first + CHUNKS_PER_STEP
    const bytes = measure.get(victim.key, end) ?? 0
    const { changes } = deleteChunks.run(victim.key, end)
    if (last >= end) return { tasks: 0, chunks: changes, bytes, sessions: 0, done: false }
    deleteTask.run(victim.key)
    return { tasks: 1, chunks: changes, bytes, sessions: 0, done: false }
  }

  /** A purge that takes nothing leaves no row. */
  function writeDown({ tasks, chunks, bytes, sessions }: PurgeCount, purge: PurgeRun): number | null {
    const { startedAt, at, trigger, record } = purge
    if (tasks + chunks + sessions === 0) return record
    if (record !== null) {
      addToRecord.run(at, tasks, chunks, bytes, sessions, record)
      return record
    }
    return Number(beginRecord.run(startedAt, at, trigger, tasks, chunks, bytes, sessions).lastInsertRowid)
  }

  /**
   * The file becomes shorter at a checkpoint. One that comes by itself, after many steps, cuts hundreds of megabytes at
   * once, and everybody waits for that.
   */
  function cutFile(): void {
    try {
      sqlite.pragma('wal_checkpoint(PASSIVE)')
    } catch (error) {
      // As with those that come by themselves: the log still has everything, and the next one tries again.
      if (!(error instanceof Database.SqliteError)) throw error
    }
  }

  return {
    count(cutoff: PurgeCutoff): PurgeCount {
      const found =
        cutoff.endedAt === undefined ? countExpired.get(cutoff.expiredAt) : countEnded.get(cutoff.endedAt)
      return {
        ...(found ?? { tasks: 0, chunks: 0, bytes: 0 }),
        sessions: countSessions.get(cutoff.sessionsUnusedSince) ?? 0,
      }
    },

    step(cutoff: PurgeCutoff, purge: PurgeRun): PurgeStep {
      const { done, ...taken } = take(cutoff)
      return { ...taken, done, record: writeDown(taken, purge) }
    },

    /** Outside any transaction, where an incremental vacuum has to run. */
    reclaim(): { done: boolean } {
      const before = freePages.get() ?? 0
      if (before > 0) {
        sqlite.pragma(`incremental_vacuum(${PAGES_PER_STEP})`)
        cutFile()
      }
      const after = freePages.get() ?? 0
      // A file that was made without auto_vacuum keeps its free pages for itself.
      return { done: after === 0 || after === before }
    },
  }
}
