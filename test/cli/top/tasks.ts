import type { ChunkKind } from '../../../src/domain/chunk.js'
import type { TaskStatus } from '../../../src/domain/task.js'
import type { StatusResult } from '../../../src/mcp/results/status.js'
import type { TaskResult } from '../../../src/mcp/results/task.js'

export const NOON = Date.parse('2026-01-02T12:00:00Z')

interface Given {
  status?: TaskStatus
  createdAt?: number
  completedAt?: number
  bytes?: number
  message?: string
  question?: string
}

/** A task as a listing tells it. */
export function taskOf(id: string, given: Given = {}): TaskResult {
  const { status = 'streaming', createdAt = NOON, bytes = 0, message = `do ${id}`, question } = given
  const hasEnded = ['completed', 'failed', 'cancelled'].includes(status)
  return {
    task_id: id,
    session_id: 'session-1',
    agent: 'kiro',
    message,
    status,
    created_at: new Date(createdAt).toISOString(),
    started_at: status === 'pending' ? null : new Date(createdAt).toISOString(),
    completed_at: hasEnded ? new Date(given.completedAt ?? createdAt).toISOString() : null,
    duration_seconds: 0,
    total_bytes_received: bytes,
    chunks_count: 1,
    last_chunk_index: 0,
    last_output_at: null,
    ...(question === undefined ? {} : { question }),
    end_reason: hasEnded ? 'exit' : null,
    exit_code: status === 'failed' ? 1 : null,
    pinned: false,
    expires_at: null,
  }
}

/** What a poll gives that read these chunks whole. */
export function answerOf(
  chunks: readonly { index: number; content: string; kind?: ChunkKind }[],
): StatusResult {
  const last = chunks.at(-1)?.index ?? -1
  return {
    task_id: 'a',
    status: 'streaming',
    is_done: false,
    next_chunk_index: last + 1,
    has_more: false,
    chunks_count: last + 1,
    last_chunk_index: last,
    total_bytes_received: 0,
    last_output_at: null,
    end_reason: null,
    exit_code: null,
    new_chunks: chunks.map(({ index, content, kind = 'text' }) => ({
      index,
      content,
      kind,
      timestamp: new Date(NOON).toISOString(),
      is_final: false,
    })),
  }
}
