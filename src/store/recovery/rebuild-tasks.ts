import type Database from 'better-sqlite3'
import { type FoundRows, insertRow } from './found-rows.js'
import type { NamedRow } from './layouts.js'
import {
  endOfLostTask,
  placeholderSession,
  placeholderTask,
  sessionOfLostTasks,
  TASK_LOST,
} from './placeholders.js'
import type { ChunkRebuild, RebuiltChunks } from './rebuild-chunks.js'

export interface RecoveryCount {
  kept: number
  lost: number
}

export interface RebuiltTasks {
  sessions: RecoveryCount
  tasks: RecoveryCount
  chunks: RecoveryCount
  /** Ids of all tasks. */
  taskIds: string[]
  /** Ids of the tasks of which only chunks or the id are left. */
  lostTaskIds: string[]
}

const MAY_REPEAT = '\n[spoold: the database was damaged; the following output may repeat earlier output.]\n'
/** The smallest possible size of a chunk in a file. */
const MIN_CHUNK_ROW_BYTES = 8

/**
 * Inserts the found sessions and tasks into the new database and repairs their chunks. An active task stays active: the
 * next daemon adopts its process.
 *
 * @param fileBytes size of the damaged database
 * @param now ms since 1970
 */
export function rebuildTasks(
  sqlite: Database.Database,
  found: FoundRows,
  chunks: ChunkRebuild,
  fileBytes: number,
  now: number,
): RebuiltTasks {
  const result: RebuiltTasks = {
    sessions: { kept: 0, lost: 0 },
    tasks: { kept: 0, lost: 0 },
    chunks: { kept: 0, lost: 0 },
    taskIds: [],
    lostTaskIds: [],
  }
  const sessionKeys = new Set<number>()
  const removeTask = sqlite.prepare('DELETE FROM tasks WHERE key = ?')

  for (const [key, row] of found.sessions) {
    if (!insertRow(sqlite, 'sessions', row)) continue
    sessionKeys.add(key)
    result.sessions.kept += 1
  }
  const lost = new Set(chunks.taskKeys())
  for (const key of found.taskIds.keys()) lost.add(key)
  for (const [key, row] of found.tasks) {
    lost.add(key)
    if (row.purged_at !== null) chunks.drop(key)
    else if (isValid(key, row)) insertTask(key, row)
    else continue
    lost.delete(key)
  }
  for (const key of [...lost].sort((a, b) => a - b)) insertPlaceholder(key)
  return result

  /** Whether the row satisfies the constraints of its table, so that it can be what was stored. */
  function isValid(key: number, row: NamedRow): boolean {
    const count = Number(row.chunk_count)
    if (count < 0 || count * MIN_CHUNK_ROW_BYTES > fileBytes) return false
    if (!insertRow(sqlite, 'tasks', row)) return false
    removeTask.run(key)
    return true
  }

  function insertTask(key: number, row: NamedRow): void {
    ensureSession(row)
    const evidence = chunks.evidence(key)
    const count = Number(row.chunk_count)
    const isActive = row.completed_at === null
    const isOlderThanChunks = isActive && evidence.next > count
    const isClosed = !isActive || (isOlderThanChunks && evidence.isClosed)
    // A final chunk proves the number of chunks, whatever the row says.
    let total = isClosed && evidence.isClosed ? evidence.next : Math.max(count, evidence.next)
    const since = evidence.firstAt ?? Number(row.created_at)
    if (isOlderThanChunks && !isClosed) {
      // The spool will be read again from the older position in the row.
      chunks.append(key, total, 'notice', MAY_REPEAT, since)
      total += 1
    }
    const rebuilt = chunks.complete(key, { count: total, since, isClosed })
    const end = isActive && isClosed ? endOfLostTask(rebuilt.lastAt, Number(row.ttl_ms)) : {}
    insertRow(sqlite, 'tasks', { ...row, ...end, ...countersOf(total, rebuilt) })
    addCounts(String(row.id), rebuilt)
    result.tasks.kept += 1
  }

  function ensureSession(task: NamedRow): void {
    const key = Number(task.session_key)
    if (sessionKeys.has(key)) return
    const named = placeholderSession(key, found.sessionIds.get(key) ?? `session-damaged-${key}`, task)
    const unnamed = placeholderSession(key, `session-damaged-${key}`, task)
    if (!insertRow(sqlite, 'sessions', named)) insertRow(sqlite, 'sessions', unnamed)
    sessionKeys.add(key)
    result.sessions.lost += 1
  }

  /** Inserts a row for a task of which only chunks or the id are left. */
  function insertPlaceholder(key: number): void {
    const evidence = chunks.evidence(key)
    const id = found.taskIds.get(key)
    // Chunks without any other evidence of their task have a damaged key.
    if (id === undefined && !evidence.isIndexed && !found.tasks.has(key)) {
      chunks.drop(key)
      return
    }
    const since = evidence.firstAt ?? now
    const row = placeholderTask(key, id ?? `task-damaged-${key}`, lostTasksSessionKey(), since, now)
    // The id belongs to another task, so it was not this one's.
    if (!insertRow(sqlite, 'tasks', row)) {
      chunks.drop(key)
      return
    }
    removeTask.run(key)
    let total = evidence.next
    if (!evidence.isClosed) {
      chunks.append(key, total, 'error', `\nError: ${TASK_LOST}`, since)
      total += 1
    }
    const rebuilt = chunks.complete(key, { count: total, since, isClosed: true })
    insertRow(sqlite, 'tasks', { ...row, ...countersOf(total, rebuilt) })
    addCounts(String(row.id), rebuilt)
    result.tasks.lost += 1
    result.lostTaskIds.push(String(row.id))
  }

  function lostTasksSessionKey(): number {
    insertRow(sqlite, 'sessions', sessionOfLostTasks(now))
    return (
      sqlite.prepare<[], number>("SELECT key FROM sessions WHERE id = 'session-damaged'").pluck().get() ?? 0
    )
  }

  function addCounts(id: string, rebuilt: RebuiltChunks): void {
    result.taskIds.push(id)
    result.chunks.kept += rebuilt.kept
    result.chunks.lost += rebuilt.lost
  }
}

function countersOf(chunkCount: number, rebuilt: RebuiltChunks): NamedRow {
  return {
    chunk_count: chunkCount,
    bytes: rebuilt.bytes,
    text_bytes: rebuilt.textBytes,
    last_chunk_at: rebuilt.lastAt,
    // Nothing is indexed yet in the new database.
    search_idx: -1,
  }
}
