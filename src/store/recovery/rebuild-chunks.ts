import type Database from 'better-sqlite3'
import type { NamedRow } from './layouts.js'

/** The content at the index of a lost chunk, because indices have no gaps. */
export const LOST_CHUNK = '\n[spoold: a part of the output was lost when the database was damaged.]\n'

export interface ChunkEvidence {
  /** The index after the last chunk in the table or in its index. */
  next: number
  /** Time of the earliest chunk, ms since 1970. */
  firstAt: number | null
  /** Whether the last chunk is final. */
  isClosed: boolean
  /** Whether the index has any chunk of the task. */
  isIndexed: boolean
}

export interface RebuiltChunks {
  kept: number
  lost: number
  bytes: number
  textBytes: number
  lastAt: number
}

export interface ChunkRebuild {
  /** Records an entry of the index: this row is that chunk. */
  addIndexEntry(key: number, taskKey: number, idx: number): void
  /** Inserts a chunk into the new database, unless it contradicts the index. */
  add(row: NamedRow): void
  taskKeys(): number[]
  evidence(taskKey: number): ChunkEvidence
  /**
   * Repairs the chunks of a task: inserts the missing ones up to `count`, makes times non-decreasing, and makes the last
   * one final if the task is closed.
   */
  complete(taskKey: number, target: { count: number; since: number; isClosed: boolean }): RebuiltChunks
  append(taskKey: number, idx: number, kind: 'notice' | 'error', content: string, at: number): void
  /** Deletes all chunks of a task. */
  drop(taskKey: number): void
}

interface Chunk {
  idx: number
  kind: string
  at: number
  is_final: number
  bytes: number
}

/** Rebuilds the chunks in the new database, whose foreign keys are disabled. */
export function createChunkRebuild(sqlite: Database.Database): ChunkRebuild {
  sqlite.exec(`CREATE TEMP TABLE index_entries (key INTEGER PRIMARY KEY, task_key INTEGER NOT NULL, idx INTEGER NOT NULL);
    CREATE UNIQUE INDEX temp.index_entries_by_index ON index_entries (task_key, idx)`)
  const insertIndexEntry = sqlite.prepare('INSERT OR IGNORE INTO index_entries VALUES (?, ?, ?)')
  const contradictsIndex = sqlite
    .prepare(
      `SELECT 1 FROM index_entries WHERE key = :key AND (task_key, idx) <> (:task_key, :idx)
       UNION ALL SELECT 1 FROM index_entries WHERE task_key = :task_key AND idx = :idx AND key <> :key`,
    )
    .pluck()
  const insert = sqlite.prepare(
    'INSERT OR IGNORE INTO chunks (key, task_key, idx, kind, content, at, is_final) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const keys = sqlite
    .prepare<[], number>('SELECT task_key FROM chunks UNION SELECT task_key FROM index_entries ORDER BY 1')
    .pluck()
  const span = sqlite.prepare<[number], { last: number | null; firstAt: number | null }>(
    'SELECT max(idx) AS last, min(at) AS firstAt FROM chunks WHERE task_key = ?',
  )
  const lastIndexed = sqlite
    .prepare<[number], number | null>('SELECT max(idx) FROM index_entries WHERE task_key = ?')
    .pluck()
  const isFinal = sqlite
    .prepare<[number, number], number>('SELECT is_final FROM chunks WHERE task_key = ? AND idx = ?')
    .pluck()
  const all = sqlite.prepare<[number], Chunk>(
    'SELECT idx, kind, at, is_final, length(CAST(content AS BLOB)) AS bytes FROM chunks WHERE task_key = ? ORDER BY idx',
  )
  // A trigger forbids to change a chunk, so it is deleted and inserted again.
  const remove = sqlite.prepare<[number, number], { key: number; kind: string; content: string }>(
    'DELETE FROM chunks WHERE task_key = ? AND idx = ? RETURNING key, kind, content',
  )
  const dropAll = sqlite.prepare('DELETE FROM chunks WHERE task_key = ?')

  function repair(taskKey: number, { idx, at, is_final }: Chunk): void {
    const removed = remove.get(taskKey, idx)
    if (removed !== undefined)
      insert.run(removed.key, taskKey, idx, removed.kind, removed.content, at, is_final)
  }

  return {
    addIndexEntry: (key, taskKey, idx) => void insertIndexEntry.run(key, taskKey, idx),

    add(row) {
      const { key, task_key, idx } = row
      if (contradictsIndex.get({ key, task_key, idx }) !== undefined) return
      insert.run(key, task_key, idx, row.kind, row.content, row.at, row.is_final)
    },

    taskKeys: () => keys.all(),

    evidence(taskKey) {
      const { last, firstAt } = span.get(taskKey) ?? { last: null, firstAt: null }
      const indexed = lastIndexed.get(taskKey) ?? null
      const next = Math.max(last ?? -1, indexed ?? -1) + 1
      return { next, firstAt, isClosed: isFinal.get(taskKey, next - 1) === 1, isIndexed: indexed !== null }
    },

    complete(taskKey, { count, since, isClosed }) {
      const rebuilt: RebuiltChunks = { kept: 0, lost: 0, bytes: 0, textBytes: 0, lastAt: since }
      const found = all.all(taskKey)
      let position = 0
      for (let idx = 0; idx < count; idx += 1) {
        const final = isClosed && idx === count - 1 ? 1 : 0
        const chunk = found[position]
        if (chunk?.idx !== idx) {
          insert.run(null, taskKey, idx, 'notice', LOST_CHUNK, rebuilt.lastAt, final)
          rebuilt.lost += 1
          rebuilt.bytes += Buffer.byteLength(LOST_CHUNK)
          continue
        }
        position += 1
        const at = Math.max(chunk.at, rebuilt.lastAt)
        if (at !== chunk.at || final !== chunk.is_final) repair(taskKey, { ...chunk, at, is_final: final })
        rebuilt.kept += 1
        rebuilt.bytes += chunk.bytes
        if (chunk.kind === 'text') rebuilt.textBytes += chunk.bytes
        rebuilt.lastAt = at
      }
      return rebuilt
    },

    append: (taskKey, idx, kind, content, at) => void insert.run(null, taskKey, idx, kind, content, at, 0),

    drop: (taskKey) => void dropAll.run(taskKey),
  }
}
