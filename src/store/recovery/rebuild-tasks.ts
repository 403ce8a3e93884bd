import type Database from 'better-sqlite3'
import { type FoundRows, insertRow } from './found-rows.js'
import type { NamedRow } from './layouts.js'
import { LOST_ROW, lostEnd, sessionOfLostTasks, standInSession, standInTask } from './placeholders.js'
import type { ChunkRebuild, RebuiltChunks } from './rebuild-chunks.js'

export interface Tally {
  kept: number
  lost: number
}

export interface RebuiltTasks {
  sessions: Tally
  tasks: Tally
  chunks: Tally
  /** Ids of all tasks. */
  taskIds: string[]
  /** Of those the ones of which only chunks or the id are left. */
  lostTaskIds: string[]
}

const READ_AGAIN = '\n[spoold: the database was damaged; what follows may repeat what was told before.]\n'
/** No chunk takes less room in a file. */
const FEWEST_BYTES_OF_CHUNK = 8

/**
 * Sessions and tasks in the new database, from what was found, with their chunks made whole. What is active stays so:
 * the next daemon adopts its process.
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
  const takeOut = sqlite.prepare('DELETE FROM tasks WHERE key = ?')

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
    else if (isSound(key, row)) keep(key, row)
    else continue
    lost.delete(key)
  }
  for (const key of [...lost].sort((a, b) => a - b)) standIn(key)
  return result

  /** Whether the row keeps the rules of its table, so that it can be what was stored. */
  function isSound(key: number, row: NamedRow): boolean {
    const count = Number(row.chunk_count)
    if (count < 0 || count * FEWEST_BYTES_OF_CHUNK > fileBytes) return false
    if (!insertRow(sqlite, 'tasks', row)) return false
    takeOut.run(key)
    return true
  }

  function keep(key: number, row: NamedRow): void {
    keepSessionOf(row)
    const seen = chunks.seen(key)
    const count = Number(row.chunk_count)
    const isActive = row.completed_at === null
    const isOlderThanChunks = isActive && seen.next > count
    const isClosed = !isActive || (isOlderThanChunks && seen.isClosed)
    // The end of an ended task tells how many chunks there are, whatever the row says.
    let total = isClosed && seen.isClosed ? seen.next : Math.max(count, seen.next)
    const since = seen.firstAt ?? Number(row.created_at)
    if (isOlderThanChunks && !isClosed) {
      // Its spool will be read again from where the row says.
      chunks.append(key, total, 'notice', READ_AGAIN, since)
      total += 1
    }
    const whole = chunks.complete(key, { count: total, since, isClosed })
    const end = isActive && isClosed ? lostEnd(whole.lastAt, Number(row.ttl_ms)) : {}
    insertRow(sqlite, 'tasks', { ...row, ...end, ...sumsOf(total, whole) })
    tally(String(row.id), whole)
    result.tasks.kept += 1
  }

  function keepSessionOf(task: NamedRow): void {
    const key = Number(task.session_key)
    if (sessionKeys.has(key)) return
    const told = standInSession(key, found.sessionIds.get(key) ?? `session-damaged-${key}`, task)
    const spare = standInSession(key, `session-damaged-${key}`, task)
    if (!insertRow(sqlite, 'sessions', told)) insertRow(sqlite, 'sessions', spare)
    sessionKeys.add(key)
    result.sessions.lost += 1
  }

  /** A task of which only chunks or the id are left. */
  function standIn(key: number): void {
    const seen = chunks.seen(key)
    const id = found.taskIds.get(key)
    // Chunks that nothing else tells of have a damaged key.
    if (id === undefined && !seen.isTold && !found.tasks.has(key)) {
      chunks.drop(key)
      return
    }
    const since = seen.firstAt ?? now
    const row = standInTask(key, id ?? `task-damaged-${key}`, keyOfLostSession(), since, now)
    // An id that another task has was not this one's.
    if (!insertRow(sqlite, 'tasks', row)) {
      chunks.drop(key)
      return
    }
    takeOut.run(key)
    let total = seen.next
    if (!seen.isClosed) {
      chunks.append(key, total, 'error', `\nError: ${LOST_ROW}`, since)
      total += 1
    }
    const whole = chunks.complete(key, { count: total, since, isClosed: true })
    insertRow(sqlite, 'tasks', { ...row, ...sumsOf(total, whole) })
    tally(String(row.id), whole)
    result.tasks.lost += 1
    result.lostTaskIds.push(String(row.id))
  }

  function keyOfLostSession(): number {
    insertRow(sqlite, 'sessions', sessionOfLostTasks(now))
    return (
      sqlite.prepare<[], number>("SELECT key FROM sessions WHERE id = 'session-damaged'").pluck().get() ?? 0
    )
  }

  function tally(id: string, whole: RebuiltChunks): void {
    result.taskIds.push(id)
    result.chunks.kept += whole.kept
    result.chunks.lost += whole.lost
  }
}

function sumsOf(chunkCount: number, whole: RebuiltChunks): NamedRow {
  return {
    chunk_count: chunkCount,
    bytes: whole.bytes,
    text_bytes: whole.textBytes,
    last_chunk_at: whole.lastAt,
    // The new database has nothing in its index yet.
    search_idx: -1,
  }
}
