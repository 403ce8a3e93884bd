import { z } from 'zod'
import type { Chunk } from '../../domain/chunk.js'
import { END_REASONS, isEnded, TASK_STATUSES, type Task } from '../../domain/task.js'
import { chunkAnswer, toChunkAnswer } from './chunk.js'
import { clip } from './clip.js'
import { questionAnswer, toQuestionAnswer } from './question.js'
import { isoOrNull } from './time.js'

export const DETAILS = ['full', 'text', 'chunks'] as const
/** `full`: chunks and their joined content; `text`: only what the agent answers; `chunks`: only the chunks. */
export type Detail = (typeof DETAILS)[number]

/** What a poll tells: where the task stands, and what it printed from the asked index on. */
export const statusAnswer = z.object({
  task_id: z.string(),
  status: z.enum(TASK_STATUSES),
  is_done: z.boolean(),
  next_chunk_index: z.int().describe('from_chunk_index of the next call'),
  has_more: z.boolean().describe('More chunks can be read at once'),
  chunks_count: z.int(),
  last_chunk_index: z.int().describe('-1 while there is none'),
  total_bytes_received: z.int(),
  last_output_at: z.string().nullable(),
  question: questionAnswer
    .optional()
    .describe('What the agent asks while the status is input_required; answer with kiro_task_respond'),
  end_reason: z.enum(END_REASONS).nullable(),
  exit_code: z.int().nullable(),
  new_chunks: z.array(chunkAnswer),
  new_content: z.string().describe('The new chunks joined; with detail "text" only text and errors'),
  result: z.string().optional().describe('The whole answer of a completed task, where it fits'),
  result_bytes: z.int().optional().describe('Size of a result that is not given here'),
  error: z.string().optional(),
  note: z.string().optional().describe('How to read what is not given here'),
})
export type StatusAnswer = z.infer<typeof statusAnswer>

/** The answer with these of the task's chunks; `maxErrorBytes` bounds the sentence about a failure. */
export function toStatusAnswer(
  task: Task,
  chunks: Chunk[],
  view: { nextIndex: number; hasMore: boolean; detail: Detail; maxErrorBytes: number },
): StatusAnswer {
  const ended = isEnded(task)
  return {
    task_id: task.id,
    status: task.status,
    is_done: ended,
    next_chunk_index: view.nextIndex,
    has_more: view.hasMore,
    chunks_count: task.chunkCount,
    last_chunk_index: task.chunkCount - 1,
    total_bytes_received: task.bytes,
    last_output_at: isoOrNull(task.lastOutputAt),
    ...(task.status === 'input_required' ? { question: toQuestionAnswer(task.question) } : {}),
    end_reason: ended ? task.endReason : null,
    exit_code: ended ? task.exitCode : null,
    new_chunks: view.detail === 'text' ? [] : chunks.map(toChunkAnswer),
    new_content: view.detail === 'chunks' ? '' : joinedContent(chunks, view.detail),
    ...(task.status === 'failed' ? { error: clip(task.error, view.maxErrorBytes) } : {}),
  }
}

/** Contents in order; for detail `text` only what the agent answers and why it failed. */
export function joinedContent(chunks: Chunk[], detail: Detail): string {
  return chunks.map((chunk) => (isTold(chunk, detail) ? chunk.content : '')).join('')
}

export function isTold(chunk: Chunk, detail: Detail): boolean {
  return detail !== 'text' || chunk.kind === 'text' || chunk.kind === 'error'
}
