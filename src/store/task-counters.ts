import type Database from 'better-sqlite3'
import { SpoolError, taskNotFound } from '../domain/errors.js'
import type { AttemptKey } from '../domain/store.js'
import type { TaskStatus } from '../domain/task.js'
import type { Added } from './chunks.js'

/** The few columns of a task that change with every append; its message, which may be large, is not among them. */
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

/** What an append saves of the reading: where it goes on, and the decoder's state as JSON. */
export interface ReadPosition {
  out: number
  err: number
  decoderState: string
}

/** What an append adds to. Without the status, which is in an index: so an append writes no page of one. */
const SUMS = `chunk_count = chunk_count + ?, bytes = bytes + ?, text_bytes = text_bytes + ?, last_chunk_at = ?,
  last_output_at = ?`

/** Beside chunks.ts the other half of the append's hot path: plain statements, prepared once. */
export function taskCounterQueries(sqlite: Database.Database) {
  const byId = sqlite.prepare<[string], TaskCounters>(
    `SELECT key, session_key AS sessionKey, attempt, status, started_at AS startedAt, completed_at AS completedAt,
       chunk_count AS chunkCount, last_chunk_at AS lastChunkAt, last_output_at AS lastOutputAt, ttl_ms AS ttlMs
     FROM tasks WHERE id = ? AND purged_at IS NULL`,
  )
  const advance = sqlite.prepare<[number, number, number, number, number | null, number]>(
    `UPDATE tasks SET ${SUMS} WHERE key = ?`,
  )
  const advanceAndMove = sqlite.prepare<
    [number, number, number, number, number | null, number, number, string, number]
  >(`UPDATE tasks SET ${SUMS}, out_offset = ?, err_offset = ?, decoder_state = ? WHERE key = ?`)
  const setStreaming = sqlite.prepare<[number]>("UPDATE tasks SET status = 'streaming' WHERE key = ?")

  return {
    /** The task, if this attempt still owns it: a daemon or run of the past changes nothing. */
    owned(run: AttemptKey): TaskCounters {
      const head = byId.get(run.taskId)
      if (!head) throw taskNotFound(run.taskId)
      if (head.completedAt !== null || head.attempt !== run.attempt) {
        throw new SpoolError('internal', `Attempt ${run.attempt} no longer owns ${run.taskId}.`)
      }
      return head
    },

    /** Adds what was inserted to the task's sums and, with an append, saves how far its spool was read. */
    advance(head: TaskCounters, added: Added, at: number, readPosition?: ReadPosition): void {
      const { count, bytes, textBytes, hasOutput } = added
      const lastOutputAt = hasOutput ? at : head.lastOutputAt
      if (readPosition === undefined) advance.run(count, bytes, textBytes, at, lastOutputAt, head.key)
      else {
        const { out, err, decoderState } = readPosition
        advanceAndMove.run(count, bytes, textBytes, at, lastOutputAt, out, err, decoderState, head.key)
      }
      if (hasOutput && head.status === 'running') setStreaming.run(head.key)
    },
  }
}

export type TaskCounterQueries = ReturnType<typeof taskCounterQueries>
