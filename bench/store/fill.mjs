import Database from 'better-sqlite3'
import { syncFile } from '../../dist/src/state/fsync.js'
import { openStore } from '../../dist/src/store/store.js'

const ROWS_PER_INSERT = 500

/**
 * Creates a database with finished tasks of the given numbers of chunks, with plain SQL, because the store would need an hour for
 * ten million.
 *
 * @param {string} file
 * @param {{ id: string, chunks: number }[]} tasks
 * @param {() => string} nextContent returns the content of the next chunk
 */
export function fillDatabase(file, tasks, nextContent) {
  openStore({ file, durability: 'normal' }).close()
  const db = new Database(file)
  db.pragma('synchronous = OFF')
  db.exec(
    "INSERT INTO sessions (id, agent, working_directory, created_at, last_used_at) VALUES ('s', 'bench', '/', 1, 1)",
  )
  const addTask =
    db.prepare(`INSERT INTO tasks (id, session_key, agent, message, working_directory, ttl_ms, status, created_at,
    started_at, completed_at, end_reason, exit_code, expires_at, chunk_count, bytes, text_bytes, last_chunk_at, attempt)
    VALUES (?, 1, 'bench', 'x', '/', 1, 'completed', 1, 1, 1, 'exit', 0, 1, ?, ?, ?, 1, 1)`)
  const addChunks = chunkInserter(db)
  for (const { id, chunks } of tasks) {
    db.transaction(() => {
      const contents = Array.from({ length: Math.min(chunks, ROWS_PER_INSERT) }, nextContent)
      const bytes = chunks * contents[0].length
      const key = addTask.run(id, chunks, bytes, bytes).lastInsertRowid
      for (let first = 0; first < chunks; first += ROWS_PER_INSERT) {
        addChunks(key, first, contents.slice(0, chunks - first), first + ROWS_PER_INSERT >= chunks)
      }
    })()
  }
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  // Otherwise the first measured commit would wait until the whole database is on disk.
  syncFile(file)
}

function chunkInserter(db) {
  const statements = new Map()
  const statementFor = (rows) => {
    const values = Array(rows).fill("(?, ?, 'text', ?, 1, ?)").join(', ')
    return db.prepare(`INSERT INTO chunks (task_key, idx, kind, content, at, is_final) VALUES ${values}`)
  }
  return (key, first, contents, isLast) => {
    const rows = contents.length
    if (!statements.has(rows)) statements.set(rows, statementFor(rows))
    const values = contents.flatMap((content, n) => [
      key,
      first + n,
      content,
      isLast && n === rows - 1 ? 1 : 0,
    ])
    statements.get(rows).run(values)
  }
}

/** @param {() => number} random @param {number} length @returns {string} */
export function randomText(random, length) {
  return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')
}
