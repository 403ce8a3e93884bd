import type Database from 'better-sqlite3'
import { APPLICATION_ID } from '../open.js'
import { readDatabase } from '../read-database.js'
import { unreadable } from '../read-errors.js'
import { schemaOf } from '../schema-version.js'

interface TaskSums {
  key: number
  chunk_count: number
  bytes: number
  text_bytes: number
}

/**
 * Whether SQLite finds nothing wrong with a database of spoold's, and every task has the chunks that its row tells of.
 * Reads all of it as of one instant, and changes nothing. Throws SpoolError `storage_busy`, `storage_readonly` or
 * `storage_failed` where it cannot be told, because it is locked, may not be read or its disk fails; `unsupported_platform`.
 */
export function isSound(file: string): boolean {
  try {
    return readDatabase(file, (sqlite) => sqlite.transaction(() => isSoundNow(sqlite))())
  } catch (error) {
    const reason = unreadable(error, file)
    if (reason !== undefined) throw reason
    // What SQLite finds no sense in is not sound.
    return false
  }
}

function isSoundNow(sqlite: Database.Database): boolean {
  return (
    sqlite.pragma('application_id', { simple: true }) === APPLICATION_ID &&
    schemaOf(sqlite) !== 'damaged' &&
    sqlite.pragma('integrity_check(1)', { simple: true }) === 'ok' &&
    (sqlite.pragma('foreign_key_check') as unknown[]).length === 0 &&
    everyTaskIsWhole(sqlite)
  )
}

function everyTaskIsWhole(sqlite: Database.Database): boolean {
  const tasks = sqlite.prepare<[], TaskSums>(
    'SELECT key, chunk_count, bytes, text_bytes FROM tasks WHERE purged_at IS NULL',
  )
  const chunks = sqlite.prepare<[number], { idx: number; kind: string; content: string }>(
    'SELECT idx, kind, content FROM chunks WHERE task_key = ? ORDER BY idx',
  )
  return tasks.all().every((task) => {
    let count = 0
    let bytes = 0
    let textBytes = 0
    for (const { idx, kind, content } of chunks.iterate(task.key)) {
      if (idx !== count) return false
      // As they are read: what is no UTF-8 any more becomes longer or shorter.
      const size = Buffer.byteLength(content)
      count += 1
      bytes += size
      if (kind === 'text') textBytes += size
    }
    return count === task.chunk_count && bytes === task.bytes && textBytes === task.text_bytes
  })
}
