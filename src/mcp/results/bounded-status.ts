import type { Chunk } from '../../domain/chunk.js'
import type { TaskProgress } from '../../domain/service.js'
import { escapedBytes, resultBytes } from '../budget.js'
import type { ToolResult } from '../tools/tool.js'
import type { ToolNames } from '../wording.js'
import { toChunkResult } from './chunk.js'
import {
  hasChunks,
  hasNewContent,
  isIncluded,
  joinContents,
  type OutputMode,
  type StatusResult,
  toOutput,
  toStatusResult,
} from './status.js'
import { statusLine, statusNote } from './status-text.js'

export interface StatusBudget {
  /** First index requested. */
  from: number
  /** Bound for the whole serialized result, structuredContent and text block together, beyond its first chunk. */
  maxBytes: number
  detail: OutputMode
  /** ms since 1970. */
  now: number
  tool: ToolNames
}

/** How much of the budget an error and each text of a question may take; the first that fits is used. */
const TEXT_SHARES = [1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 0]

/**
 * The result of a poll with as many whole chunks as fit the budget. It holds at least one if there is one: a chunk is
 * never split, so an index is all that a client needs to read on. With detail `full` the last result of a completed
 * task also carries the whole answer, if there is room.
 */
export function boundedStatus(progress: TaskProgress, budget: StatusBudget): ToolResult<StatusResult> {
  const { chunks } = progress
  for (const share of TEXT_SHARES) {
    const draft = { progress, budget, maxTextBytes: Math.floor(share * budget.maxBytes) }
    const bytes = chunks.reduce(
      (sum, chunk) => sum + chunkBytes(chunk, budget.detail),
      headBytes(draft, chunks),
    )
    if (bytes <= budget.maxBytes) return withResult(filled(draft, chunks), draft, budget.maxBytes - bytes)
    const textsFit = headBytes(draft, []) <= budget.maxBytes / 2 + 250
    if (textsFit || share === 0) return filled(draft, chunksWithin(draft))
  }
  throw new Error('unreachable: the last share is 0')
}

interface Draft {
  progress: TaskProgress
  budget: StatusBudget
  maxTextBytes: number
}

/** The first chunks that fit; at least one. */
function chunksWithin(draft: Draft): Chunk[] {
  const { chunks } = draft.progress
  const { maxBytes, detail } = draft.budget
  const sizes: number[] = []
  let total = 0
  for (const chunk of chunks) {
    const size = chunkBytes(chunk, detail)
    if (total + size > maxBytes) break
    sizes.push(size)
    total += size
  }
  // The head grows with what it counts, so it is measured with the chunks that it would count.
  for (; sizes.length > 1; total -= sizes.pop() ?? 0) {
    if (headBytes(draft, chunks.slice(0, sizes.length)) + total <= maxBytes) break
  }
  return chunks.slice(0, Math.max(1, sizes.length))
}

function filled(draft: Draft, chunks: readonly Chunk[]): ToolResult<StatusResult> {
  const { structured, text } = head(draft, chunks)
  const { detail } = draft.budget
  const output = isInTextBlock(detail) ? joinContents(chunks, detail) : ''
  return {
    structured: { ...structured, ...toOutput(chunks, detail) },
    text: output === '' ? text : `${text}\n\n${output}`,
  }
}

/** The result without the contents of its chunks. */
function head({ progress, budget, maxTextBytes }: Draft, chunks: readonly Chunk[]): ToolResult<StatusResult> {
  const { task } = progress
  const { from, detail, now, tool } = budget
  const hasMore = progress.hasMore || chunks.length < progress.chunks.length
  const structured = toStatusResult(task, chunks, { from, hasMore, detail, maxTextBytes })
  if (task.status === 'completed') structured.result_bytes = task.textBytes
  const hasOutput = chunks.some((chunk) => isIncluded(chunk, detail))
  const note = statusNote(task, structured, { detail, hasOutput, maxTextBytes })
  if (note !== '') structured.note = note
  return { structured, text: statusLine(task, structured, { from, now, maxTextBytes, tool }) }
}

function headBytes(draft: Draft, chunks: readonly Chunk[]): number {
  const { detail } = draft.budget
  const commas = hasChunks(detail) ? Math.max(0, chunks.length - 1) : 0
  const hasText =
    isInTextBlock(detail) && chunks.some((chunk) => isIncluded(chunk, detail) && chunk.content !== '')
  return resultBytes(head(draft, chunks)) + commas + (hasText ? escapedBytes('\n\n') : 0)
}

/** A client that asks again after the last chunk has the result already and gets a short reply. */
function withResult(
  status: ToolResult<StatusResult>,
  { progress, budget }: Draft,
  room: number,
): ToolResult<StatusResult> {
  const { result, task } = progress
  const { structured, text } = status
  if (result === null || budget.detail !== 'full' || structured.has_more) return status
  if (budget.from >= task.chunkCount || escapedBytes(result) > room) return status
  // These take more room than the name of the field.
  const { result_bytes: _bytes, note: _note, ...rest } = structured
  return { structured: { ...rest, result }, text }
}

function isInTextBlock(detail: OutputMode): boolean {
  return detail === 'full' || detail === 'text' || detail === 'both'
}

/** How many bytes a chunk adds to the result. */
function chunkBytes(chunk: Chunk, detail: OutputMode): number {
  const asChunk = hasChunks(detail) ? Buffer.byteLength(JSON.stringify(toChunkResult(chunk))) : 0
  const copies = Number(isInTextBlock(detail)) + Number(hasNewContent(detail))
  if (copies === 0 || !isIncluded(chunk, detail)) return asChunk
  return asChunk + copies * escapedBytes(chunk.content)
}
