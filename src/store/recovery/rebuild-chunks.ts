import type Database from 'better-sqlite3'
import type { NamedRow } from './layouts.js'

/** Stands where a chunk was, since indices have no holes. */
export const LOST_CHUNK = '\n[spoold: a piece of the output was lost when the database was damaged.]\n'

export interface SeenChunks {
  /** The next index after all that was seen, in the table or in its index. */
  next: number
  /** The earliest time among them, ms since 1970. */
  firstAt: number | null
  /** Whether the last chunk that was seen closes its task. */
  isClosed: boolean
  /** Whether the index knows any chunk of the task. */
  isTold: boolean
}

export interface RebuiltChunks {
  kept: number
  lost: number
  bytes: number
  textBytes: number
  lastAt: number
}

export interface ChunkRebuild {
  /** The index says that this row is that chunk. */
  tell(key: number, taskKey: number, idx: number): void
  /** Takes a chunk into the new database, unless the index says that it is another one. */
  add(row: NamedRow): void
  taskKeys(): number[]
  seen(taskKey: number): SeenChunks
  /** Makes the chunks of a task whole: `count` of them, times that do not decrease, the last one final or none. */
  complete(taskKey: number, whole: { count: number; since: number; isClosed: boolean }): RebuiltChunks
  append(taskKey: number, idx: number, kind: 'notice' | 'error', content: string, at: number): void
  /** Takes back all chunks of a task. */
  drop(taskKey: number): void
}

interface Chunk {
  idx: number
  kind: string
  at: number
  is_final: number
  octets: number
}

/** Chunks in the new database. Foreign keys are off. */
export function createChunkRebuild(sqlite: Database.Database): ChunkRebuild {
  sqlite.exec(`CREATE TEMP TABLE told (key INTEGER PRIMARY KEY, task_key INTEGER NOT NULL, idx INTEGER NOT NULL);
    CREATE UNIQUE INDEX temp.told_by_index ON told (task_key, idx)`)
  const tell = sqlite.prepare('INSERT OR IGNORE INTO told VALUES (?, ?, ?)')
  const isOther = sqlite
    .prepare(
      `SELECT 1 FROM told WHERE key = :key AND (task_key, idx) <> (:task_key, :idx)
       UNION ALL SELECT 1 FROM told WHERE task_key = :task_key AND idx = :idx AND key <> :key`,
    )
    .pluck()
  const insert = sqlite.prepare(
    'INSERT OR IGNORE INTO chunks (key, task_key, idx, kind, content, at, is_final) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const keys = sqlite
    .prepare<[], number>('SELECT task_key FROM chunks UNION SELECT task_key FROM told ORDER BY 1')
    .pluck()
  const span = sqlite.prepare<[number], { last: number | null; firstAt: number | null }>(
    'SELECT max(idx) AS last, min(at) AS firstAt FROM chunks WHERE task_key = ?',
  )
  const lastTold = sqlite
    .prepare<[number], number | null>('SELECT max(idx) FROM told WHERE task_key = ?')
    .pluck()
  const isFinal = sqlite
    .prepare<[number, number], number>('SELECT is_final FROM chunks WHERE task_key = ? AND idx = ?')
    .pluck()
  const all = sqlite.prepare<[number], Chunk>(
    'SELECT idx, kind, at, is_final, length(CAST(content AS BLOB)) AS octets FROM chunks WHERE task_key = ? ORDER BY idx',
  )
  // Chunks never change, and the new database keeps to it: what has to be another one is taken out and put in again.
  const take = sqlite.prepare<[number, number], { key: number; kind: string; content: string }>(
    'DELETE FROM chunks WHERE task_key = ? AND idx = ? RETURNING key, kind, content',
  )
  const dropAll = sqlite.prepare('DELETE FROM chunks WHERE task_key = ?')

  function repair(taskKey: number, { idx, at, is_final }: Chunk): void {
    const taken = take.get(taskKey, idx)
    if (taken !== undefined) insert.run(taken.key, taskKey, idx, taken.kind, taken.content, at, is_final)
  }

  return {
    tell: (key, taskKey, idx) => void tell.run(key, taskKey, idx),

    add(row) {
      const { key, task_key, idx } = row
      if (isOther.get({ key, task_key, idx }) !== undefined) return
      insert.run(key, task_key, idx, row.kind, row.content, row.at, row.is_final)
    },

    taskKeys: () => keys.all(),

    seen(taskKey) {
      const { last, firstAt } = span.get(taskKey) ?? { last: null, firstAt: null }
      const told = lastTold.get(taskKey) ?? null
      const next = Math.max(last ?? -1, told ?? -1) + 1
      return { next, firstAt, isClosed: isFinal.get(taskKey, next - 1) === 1, isTold: told !== null }
    },

    complete(taskKey, { count, since, isClosed }) {
      const whole: RebuiltChunks = { kept: 0, lost: 0, bytes: 0, textBytes: 0, lastAt: since }
      const found = all.all(taskKey)
      let position = 0
      for (let idx = 0; idx < count; idx += 1) {
        const final = isClosed && idx === count - 1 ? 1 : 0
        const chunk = found[position]
        if (chunk?.idx !== idx) {
          insert.run(null, taskKey, idx, 'notice', LOST_CHUNK, whole.lastAt, final)
          whole.lost += 1
          whole.bytes += Buffer.byteLength(LOST_CHUNK)
          continue
        }
        position += 1
        const at = Math.max(chunk.at, whole.lastAt)
        if (at !== chunk.at || final !== chunk.is_final) repair(taskKey, { ...chunk, at, is_final: final })
        whole.kept += 1
        whole.bytes += chunk.octets
        if (chunk.kind === 'text') whole.textBytes += chunk.octets
        whole.lastAt = at
      }
      return whole
    },

    append: (taskKey, idx, kind, content, at) => void insert.run(null, taskKey, idx, kind, content, at, 0),

    drop: (taskKey) => void dropAll.run(taskKey),
  }
}
