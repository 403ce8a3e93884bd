import type Database from 'better-sqlite3'
import { SpoolError, taskNotFound } from '../domain/errors.js'
import type { AttemptKey } from '../domain/store.js'
import type { Added } from './chunks.js'

/** The few columns of a task that change with every append; its message, which may be large, is not among them. */
export interface TaskHead {
  key: number
  sessionKey: number
  attempt: number
  startedAt: number | null
  completedAt: number | null
  chunkCount: number
  lastChunkAt: number
  ttlMs: number
}

/** Beside chunks.ts the other half of the append's hot path: plain statements, prepared once. */
export function taskHeadQueries(sqlite: Database.Database) {
  const byId = sqlite.prepare<[string], TaskHead>(
    `SELECT key, session_key AS sessionKey, attempt, started_at AS startedAt, completed_at AS completedAt,
       chunk_count AS chunkCount, last_chunk_at AS lastChunkAt, ttl_ms AS ttlMs
     FROM tasks WHERE id = ? AND purged_at IS NULL`,
  )
  const advance = sqlite.prepare(
    `UPDATE tasks SET chunk_count = chunk_count + :count, bytes = bytes + :bytes, text_bytes = text_bytes + :textBytes,
       last_chunk_at = :at,
       status = CASE WHEN :hasOutput AND status = 'running' THEN 'streaming' ELSE status END,
       last_output_at = CASE WHEN :hasOutput THEN :at ELSE last_output_at END
     WHERE key = :key`,
  )
  const moveOffsets = sqlite.prepare(
    'UPDATE tasks SET out_offset = :out, err_offset = :err, decoder_state = :decoderState WHERE key = :key',
  )

  return {
    /** The task, if this attempt still owns it: a daemon or run of the past changes nothing. */
    owned(run: AttemptKey): TaskHead {
      const head = byId.get(run.taskId)
      if (!head) throw taskNotFound(run.taskId)
      if (head.completedAt !== null || head.attempt !== run.attempt) {
        throw new SpoolError('internal', `Attempt ${run.attempt} no longer owns ${run.taskId}.`)
      }
      return head
    },

    advance(key: number, added: Added, at: number): void {
      advance.run({ ...added, hasOutput: added.hasOutput ? 1 : 0, at, key })
    },

    moveOffsets(key: number, offsets: { out: number; err: number }, decoderState: string): void {
      moveOffsets.run({ ...offsets, decoderState, key })
    },
  }
}

export type TaskHeadQueries = ReturnType<typeof taskHeadQueries>
