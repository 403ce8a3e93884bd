import type Database from 'better-sqlite3'
import type { Chunk, ChunkKind, Piece } from '../domain/chunk.js'
import { SpoolError, taskNotFound } from '../domain/errors.js'
import type { AttemptKey } from '../domain/store.js'
import type { TaskStatus } from '../domain/task.js'
import { truncateBytes } from '../domain/text.js'
import type { OutlineRow } from './rows.js'

/*
 * The statements that run for every append and every poll, in plain SQL on better-sqlite3 and prepared once: here the
 * query builder would cost several times as much as the query (docs/internals/performance.md).
 */

/** The columns of a task that an append reads. The message and the decoder state, which may be large, are not among them. */
export interface TaskCounters {
  key: number
  sessionKey: number
  attempt: number
  status: TaskStatus
  startedAt: number | null
  completedAt: number | null
  chunkCount: number
  lastChunkAt: number
  lastOutputAt: number | null
  ttlMs: number
}

/** The position up to which the spool was read: offsets in bytes, and the decoder's state as JSON. */
export interface ReadPosition {
  out: number
  err: number
  decoderState: string
}

export interface ChunkBatch {
  pieces: Piece[]
  at: number
  lastIsFinal?: boolean
  readPosition?: ReadPosition
}

interface ChunkRow {
  idx: number
  kind: ChunkKind
  content: string
  at: number
  is_final: number
}

type StoredOutline = Omit<OutlineRow, 'pinned' | 'question' | 'answer'> & {
  pinned: number
  question: string | null
  answer: string | null
}

/** Numbers of rows per INSERT, largest first: one statement with many rows costs much less than many statements. */
const ROWS_PER_INSERT = [64, 8, 1]

const COUNTERS = `
  SELECT key, session_key AS sessionKey, attempt, status, started_at AS startedAt, completed_at AS completedAt,
    chunk_count AS chunkCount, last_chunk_at AS lastChunkAt, last_output_at AS lastOutputAt, ttl_ms AS ttlMs
  FROM tasks WHERE id = ? AND purged_at IS NULL`

const OUTLINE = `
  SELECT t.key, t.id, s.id AS sessionId, t.agent, t.model, t.working_directory AS workingDirectory, t.priority,
    t.idempotency_key AS idempotencyKey, t.pinned, t.ttl_ms AS ttlMs, t.timeout_ms AS timeoutMs, t.stall_ms AS stallMs,
    t.permissions, t.status, t.end_reason AS endReason, t.exit_code AS exitCode, t.error, t.created_at AS createdAt,
    t.started_at AS startedAt, t.completed_at AS completedAt, t.expires_at AS expiresAt,
    t.last_output_at AS lastOutputAt, t.chunk_count AS chunkCount, t.bytes, t.text_bytes AS textBytes, t.attempt,
    t.stop_reason AS stopReason, t.question, t.answer
  FROM tasks t JOIN sessions s ON s.key = t.session_key
  WHERE t.id = ? AND t.purged_at IS NULL`

const INSERT_CHUNKS = 'INSERT INTO chunks (task_key, idx, kind, content, at, is_final) VALUES'

/** The status is not among these columns, so an append changes no page of an index. */
const ADD_COUNTS = `chunk_count = chunk_count + ?, bytes = bytes + ?, text_bytes = text_bytes + ?,
  last_chunk_at = ?, last_output_at = ?`

export function hotPathQueries(sqlite: Database.Database) {
  const counters = sqlite.prepare<[string], TaskCounters>(COUNTERS)
  const outline = sqlite.prepare<[string], StoredOutline>(OUTLINE)
  const inserts = ROWS_PER_INSERT.map((rows) => ({
    rows,
    statement: sqlite.prepare<[(number | string)[]]>(
      `${INSERT_CHUNKS} ${Array(rows).fill('(?, ?, ?, ?, ?, ?)').join(', ')}`,
    ),
  }))
  const addCounts = sqlite.prepare<[number, number, number, number, number | null, number]>(
    `UPDATE tasks SET ${ADD_COUNTS} WHERE key = ?`,
  )
  const addCountsAndPosition = sqlite.prepare<
    [number, number, number, number, number | null, number, number, string, number]
  >(`UPDATE tasks SET ${ADD_COUNTS}, out_offset = ?, err_offset = ?, decoder_state = ? WHERE key = ?`)
  const setStreaming = sqlite.prepare<[number]>("UPDATE tasks SET status = 'streaming' WHERE key = ?")
  const chunksFrom = sqlite.prepare<[number, number], ChunkRow>(
    'SELECT idx, kind, content, at, is_final FROM chunks WHERE task_key = ? AND idx >= ? ORDER BY idx',
  )
  const texts = sqlite
    .prepare<[number], string>("SELECT content FROM chunks WHERE task_key = ? AND kind = 'text' ORDER BY idx")
    .pluck()

  function insertChunks(taskKey: number, firstIndex: number, { pieces, at, lastIsFinal }: ChunkBatch): void {
    const finalIndex = lastIsFinal ? firstIndex + pieces.length - 1 : -1
    let start = 0
    for (const { rows, statement } of inserts) {
      for (; pieces.length - start >= rows; start += rows) {
        const values: (number | string)[] = []
        pieces.slice(start, start + rows).forEach(({ kind, content }, offset) => {
          const index = firstIndex + start + offset
          values.push(taskKey, index, kind, content, at, index === finalIndex ? 1 : 0)
        })
        statement.run(values)
      }
    }
  }

  return {
    /** The task's counters, if this attempt still owns it; an earlier attempt can change nothing. */
    requireOwned(run: AttemptKey): TaskCounters {
      const task = counters.get(run.taskId)
      if (!task) throw taskNotFound(run.taskId)
      if (task.completedAt !== null || task.attempt !== run.attempt) {
        throw new SpoolError('internal', `Attempt ${run.attempt} no longer owns ${run.taskId}.`)
      }
      return task
    },

    /** Adds chunks and their sizes to a task, and stores the read position if there is one. */
    append(task: TaskCounters, batch: ChunkBatch): void {
      const { pieces, readPosition } = batch
      // No chunk is dated before the previous one, even if the clock was set back.
      const at = pieces.length === 0 ? task.lastChunkAt : Math.max(batch.at, task.lastChunkAt)
      insertChunks(task.key, task.chunkCount, { ...batch, at })
      const { bytes, textBytes, hasOutput } = measure(batch)
      const lastOutputAt = hasOutput ? at : task.lastOutputAt
      const counts = [pieces.length, bytes, textBytes, at, lastOutputAt] as const
      if (readPosition === undefined) addCounts.run(...counts, task.key)
      else {
        const { out, err, decoderState } = readPosition
        addCountsAndPosition.run(...counts, out, err, decoderState, task.key)
      }
      if (hasOutput && task.status === 'running') setStreaming.run(task.key)
    },

    /** A task without its message. SQLite does not read the pages of columns that are not selected. */
    outline(taskId: string): OutlineRow | undefined {
      const row = outline.get(taskId)
      return (
        row && {
          ...row,
          pinned: row.pinned === 1,
          question: parseJson(row.question),
          answer: parseJson(row.answer),
        }
      )
    },

    /** Chunks from an index; stops before their contents exceed `maxBytes`, but returns at least one. */
    chunks(taskKey: number, from: number, maxBytes: number): Chunk[] {
      const chunks: Chunk[] = []
      let bytes = 0
      for (const { idx, kind, content, at, is_final } of chunksFrom.iterate(taskKey, from)) {
        bytes += Buffer.byteLength(content)
        if (chunks.length > 0 && bytes > maxBytes) break
        chunks.push({ index: idx, kind, content, at, isFinal: is_final === 1 })
      }
      return chunks
    },

    /** The text chunks joined, at most `maxBytes` of UTF-8, cut at a character. */
    text(taskKey: number, maxBytes: number): string {
      const parts: string[] = []
      let left = maxBytes
      for (const content of texts.iterate(taskKey)) {
        const bytes = Buffer.byteLength(content)
        if (bytes > left) {
          parts.push(truncateBytes(content, left))
          break
        }
        parts.push(content)
        left -= bytes
      }
      return parts.join('')
    },
  }
}

export type HotPathQueries = ReturnType<typeof hotPathQueries>

/** Sizes of a batch in bytes of UTF-8, and whether any of it comes from the agent instead of spoold. */
function measure({ pieces, lastIsFinal = false }: ChunkBatch) {
  let bytes = 0
  let textBytes = 0
  let hasOutput = false
  pieces.forEach(({ kind, content }, index) => {
    const size = Buffer.byteLength(content)
    bytes += size
    if (kind === 'text') textBytes += size
    if (kind !== 'notice' && !(lastIsFinal && index === pieces.length - 1)) hasOutput = true
  })
  return { bytes, textBytes, hasOutput }
}

function parseJson<Value>(json: string | null): Value | null {
  return json === null ? null : (JSON.parse(json) as Value)
}
