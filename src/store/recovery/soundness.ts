import type Database from 'better-sqlite3'
import { APPLICATION_ID } from '../open.js'
import { readDatabase, toReadError } from '../read-database.js'
import { schemaOf } from '../schema-version.js'

interface StoredCounters {
  key: number
  chunk_count: number
  bytes: number
  text_bytes: number
}

/**
 * Whether a database of spoold passes SQLite's checks and every task has the chunks that its row counts. Reads the
 * whole database in one snapshot and changes nothing. Throws SpoolError `storage_busy`, `storage_readonly` or
 * `storage_failed` if it is locked or cannot be read, or `unsupported_platform`.
 */
export function isSound(file: string): boolean {
  try {
    return readDatabase(file, (sqlite) => sqlite.transaction(() => passesAllChecks(sqlite))())
  } catch (error) {
    const reason = toReadError(error, file)
    if (reason !== undefined) throw reason
    // SQLite cannot make sense of the file.
    return false
  }
}

function passesAllChecks(sqlite: Database.Database): boolean {
  return (
    sqlite.pragma('application_id', { simple: true }) === APPLICATION_ID &&
    schemaOf(sqlite) !== 'damaged' &&
    sqlite.pragma('integrity_check(1)', { simple: true }) === 'ok' &&
    (sqlite.pragma('foreign_key_check') as unknown[]).length === 0 &&
    everyTaskIsComplete(sqlite)
  )
}

function everyTaskIsComplete(sqlite: Database.Database): boolean {
  const tasks = sqlite.prepare<[], StoredCounters>(
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
      // Measured as decoded: damaged UTF-8 becomes longer or shorter.
      const size = Buffer.byteLength(content)
      count += 1
      bytes += size
      if (kind === 'text') textBytes += size
    }
    return count === task.chunk_count && bytes === task.bytes && textBytes === task.text_bytes
  })
}
