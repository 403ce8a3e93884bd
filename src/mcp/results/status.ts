import { z } from 'zod'
import type { Chunk } from '../../domain/chunk.js'
import { END_REASONS, isEnded, TASK_STATUSES, type TaskOutline } from '../../domain/task.js'
import { ellipsizeBytes } from '../../domain/text.js'
import { chunkResult, toChunkResult } from './chunk.js'
import { clipQuestion, questionResult, toQuestionResult } from './question.js'
import { isoOrNull } from './time.js'

export const DETAILS = ['full', 'text', 'content', 'chunks'] as const
/**
 * Where a status result carries the output. `full`: as chunks, and joined in the text block and in structuredContent.
 * The others carry it once: `text` the agent's answer in the text block, `content` the same in `new_content` (for
 * hosts that show a model only structuredContent), `chunks` in `new_chunks`.
 */
export type Detail = (typeof DETAILS)[number]
/** `both`: as `text` and as `content`, for a result that is read once, whatever its host shows a model. */
export type OutputMode = Detail | 'both'

/** The result of a poll: the state of the task, and its output from the requested index on. */
export const statusResult = z.object({
  task_id: z.string(),
  status: z.enum(TASK_STATUSES),
  is_done: z.boolean().describe('The task has ended and this result reaches its last chunk'),
  next_chunk_index: z.int().describe('from_chunk_index of the next call'),
  last_chunk_index: z.int().describe('Last chunk of this result; from_chunk_index - 1 if it has none'),
  has_more: z.boolean().describe('More chunks can be read at once'),
  chunks_count: z.int().describe('Chunks of the task so far'),
  total_bytes_received: z.int(),
  last_output_at: z.string().nullable(),
  question: questionResult
    .optional()
    .describe('The question of the agent while the status is input_required'),
  end_reason: z.enum(END_REASONS).nullable(),
  exit_code: z.int().nullable(),
  new_chunks: z.array(chunkResult).describe('Empty with detail "text" and "content"'),
  new_content: z
    .string()
    .optional()
    .describe('The new chunks joined; with detail "content" only text and errors'),
  result: z.string().optional().describe('The whole answer of a completed task, if it fits'),
  result_bytes: z.int().optional().describe('Size of an answer that does not fit here'),
  error: z.string().optional(),
  note: z.string().optional().describe('How to read what is left out here'),
})
export type StatusResult = z.infer<typeof statusResult>

export interface StatusView {
  /** First index requested. */
  from: number
  /** The store has more chunks than these. */
  hasMore: boolean
  detail: OutputMode
  /** Bound for the error and for each text of a question, bytes. */
  maxTextBytes: number
}

/** The result with these chunks counted but not yet their contents, so that its size can be measured. */
export function toStatusResult(task: TaskOutline, chunks: readonly Chunk[], view: StatusView): StatusResult {
  const next = view.from + chunks.length
  const end = isEnded(task) ? task : undefined
  return {
    task_id: task.id,
    status: task.status,
    is_done: end !== undefined && next >= task.chunkCount,
    next_chunk_index: next,
    last_chunk_index: next - 1,
    has_more: view.hasMore,
    chunks_count: task.chunkCount,
    total_bytes_received: task.bytes,
    last_output_at: isoOrNull(task.lastOutputAt),
    ...(task.status === 'input_required'
      ? { question: toQuestionResult(clipQuestion(task.question, view.maxTextBytes)) }
      : {}),
    end_reason: end?.endReason ?? null,
    exit_code: end?.exitCode ?? null,
    ...toOutput([], view.detail),
    ...(task.status === 'failed' && !includesError(chunks, view.detail)
      ? { error: ellipsizeBytes(task.error, view.maxTextBytes) }
      : {}),
  }
}

/** The contents of the chunks, for structuredContent. */
export function toOutput(
  chunks: readonly Chunk[],
  detail: OutputMode,
): Pick<StatusResult, 'new_chunks' | 'new_content'> {
  return {
    new_chunks: hasChunks(detail) ? chunks.map(toChunkResult) : [],
    ...(hasNewContent(detail) ? { new_content: joinContents(chunks, detail) } : {}),
  }
}

export function hasNewContent(detail: OutputMode): boolean {
  return detail === 'full' || detail === 'content' || detail === 'both'
}

export function hasChunks(detail: OutputMode): boolean {
  return detail === 'full' || detail === 'chunks'
}

export function joinContents(chunks: readonly Chunk[], detail: OutputMode): string {
  return chunks.map((chunk) => (isIncluded(chunk, detail) ? chunk.content : '')).join('')
}

/** With `text` and `content` only the agent's answer counts, and why it failed. */
export function isIncluded({ kind }: Chunk, detail: OutputMode): boolean {
  return hasChunks(detail) || kind === 'text' || kind === 'error'
}

/** The final chunk of a failed task is its error, which then needs no separate field beside the text. */
function includesError(chunks: readonly Chunk[], detail: OutputMode): boolean {
  return !hasChunks(detail) && chunks.some(({ isFinal, kind }) => isFinal && kind === 'error')
}
