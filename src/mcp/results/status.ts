import { z } from 'zod'
import { END_REASONS, isEnded, TASK_STATUSES, type TaskOutline } from '../../domain/task.js'
import { ellipsizeBytes } from '../../domain/text.js'
import { chunkResult, contentOf, isBeginning, type Part, toChunkResult } from './chunk.js'
import { clipQuestion, questionResult, toQuestionResult } from './question.js'
import { isoOrNull } from './time.js'

export const DETAILS = ['full', 'text', 'content', 'chunks'] as const
/**
 * How the output is told. `full`: as chunks, and joined in the text block and in structuredContent. The others tell it
 * once: `text` only what the agent answers, in the text block; `content` the same in structuredContent's new_content,
 * for the hosts that show a model nothing else; `chunks` in structuredContent's new_chunks.
 */
export type Detail = (typeof DETAILS)[number]
/** `both`: as `text` and as `content`, for an answer that is not asked for again, whatever its host shows a model. */
export type OutputMode = Detail | 'both'

/** What a poll tells: where the task stands, and what it printed from the asked index on. */
export const statusResult = z.object({
  task_id: z.string(),
  status: z.enum(TASK_STATUSES),
  is_done: z.boolean(),
  next_chunk_index: z.int().describe('from_chunk_index of the next call'),
  next_offset: z
    .int()
    .optional()
    .describe('from_offset of the next call, where the chunk did not fit whole: 0 without it'),
  has_more: z.boolean().describe('More can be read at once'),
  chunks_count: z.int(),
  last_chunk_index: z.int().describe('-1 while there is none'),
  total_bytes_received: z.int(),
  last_output_at: z.string().nullable(),
  question: questionResult.optional().describe('What the agent asks while the status is input_required'),
  end_reason: z.enum(END_REASONS).nullable(),
  exit_code: z.int().nullable(),
  new_chunks: z.array(chunkResult).describe('Empty with detail "text" and "content"'),
  new_content: z
    .string()
    .optional()
    .describe('The new chunks joined; with detail "content" only text and errors'),
  result: z.string().optional().describe('The whole answer of a completed task, where it fits'),
  result_bytes: z.int().optional().describe('Size of the whole answer of a completed task'),
  error: z.string().optional(),
  note: z.string().optional().describe('How to read what is not given here'),
})
export type StatusResult = z.infer<typeof statusResult>

export interface StatusView {
  /** First index and offset that were asked for. */
  from: number
  fromOffset: number
  /** More is there already than these parts. */
  hasMore: boolean
  detail: OutputMode
  /** Bound for the sentence about a failure and for each text of a question, bytes. */
  longestText: number
}

/** The answer that gives these parts, still without what they say; only the last one may be the beginning of a chunk. */
export function toStatusResult(task: TaskOutline, parts: Part[], view: StatusView): StatusResult {
  const ended = isEnded(task)
  const next = cursorAfter(parts, view)
  return {
    task_id: task.id,
    status: task.status,
    is_done: ended,
    next_chunk_index: next.index,
    ...(next.offset === 0 ? {} : { next_offset: next.offset }),
    has_more: view.hasMore,
    chunks_count: task.chunkCount,
    last_chunk_index: task.chunkCount - 1,
    total_bytes_received: task.bytes,
    last_output_at: isoOrNull(task.lastOutputAt),
    ...(task.status === 'input_required'
      ? { question: toQuestionResult(clipQuestion(task.question, view.longestText)) }
      : {}),
    end_reason: ended ? task.endReason : null,
    exit_code: ended ? task.exitCode : null,
    ...toOutput([], view.detail),
    ...(task.status === 'failed' && !tellsWhyItFailed(parts, view.detail)
      ? { error: ellipsizeBytes(task.error, view.longestText) }
      : {}),
  }
}

/** What the parts say, for structuredContent. */
export function toOutput(
  parts: Part[],
  detail: OutputMode,
): Pick<StatusResult, 'new_chunks'> & { new_content?: string } {
  return {
    new_chunks: hasChunks(detail) ? parts.map(toChunkResult) : [],
    ...(isInContent(detail) ? { new_content: joinedContent(parts, detail) } : {}),
  }
}

/** Whether new_content tells the output. */
export function isInContent(detail: OutputMode): boolean {
  return detail === 'full' || detail === 'content' || detail === 'both'
}

export function hasChunks(detail: OutputMode): boolean {
  return detail === 'full' || detail === 'chunks'
}

/** Contents in order; for details `text` and `content` only what the agent answers and why it failed. */
export function joinedContent(parts: Part[], detail: OutputMode): string {
  return parts.map((part) => (isTold(part, detail) ? contentOf(part) : '')).join('')
}

export function isTold({ chunk }: Part, detail: OutputMode): boolean {
  return hasChunks(detail) || chunk.kind === 'text' || chunk.kind === 'error'
}

/** The final chunk of a failed task is the sentence about it, which is then not told again beside the text. */
function tellsWhyItFailed(parts: Part[], detail: OutputMode): boolean {
  return !hasChunks(detail) && parts.some(({ chunk }) => chunk.isFinal && chunk.kind === 'error')
}

function cursorAfter(parts: Part[], { from, fromOffset }: StatusView): { index: number; offset: number } {
  const last = parts.at(-1)
  if (last === undefined) return { index: from, offset: fromOffset }
  if (isBeginning(last)) return { index: last.chunk.index, offset: last.end }
  return { index: last.chunk.index + 1, offset: 0 }
}
