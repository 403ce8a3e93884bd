import type { Chunk } from '../domain/chunk.js'
import type { TaskProgress } from '../domain/service.js'
import { toChunkAnswer } from './answers/chunk.js'
import { type Detail, isTold, joinedContent, type StatusAnswer, toStatusAnswer } from './answers/status.js'
import { statusLine } from './status-line.js'
import type { ToolAnswer } from './tool.js'

export interface Fit {
  from: number
  /** Bound for the whole serialized answer: structuredContent and text block together. */
  maxBytes: number
  detail: Detail
  now: number
}

/** Room for what the estimate does not see: digits of numbers that grow, commas. */
const SLACK_BYTES = 64

/**
 * The answer to a poll, cut so that all of it fits the budget: trailing chunks are left for the next call, but one is
 * always given, however large. The result of a completed task comes with its last chunks where there is room.
 */
export function fitStatus(progress: TaskProgress, fit: Fit): ToolAnswer<StatusAnswer> {
  const bare = answerWith(progress, 0, fit)
  let room = fit.maxBytes - serializedBytes(bare) - SLACK_BYTES
  let count = 0
  for (const chunk of progress.chunks) {
    room -= chunkBytes(chunk, fit.detail)
    if (room < 0 && count > 0) break
    count += 1
  }
  const answer = answerWith(progress, count, fit)
  return withResult(answer, progress, fit, room)
}

function answerWith(progress: TaskProgress, count: number, fit: Fit): ToolAnswer<StatusAnswer> {
  const { task } = progress
  const chunks = progress.chunks.slice(0, count)
  const last = chunks.at(-1)
  const structured = toStatusAnswer(task, chunks, {
    nextIndex: last === undefined ? Math.min(fit.from, progress.nextChunkIndex) : last.index + 1,
    hasMore: progress.hasMore || count < progress.chunks.length,
    detail: fit.detail,
    maxErrorBytes: Math.max(200, Math.floor(fit.maxBytes / 4)),
  })
  if (task.status === 'completed') {
    structured.result_bytes = task.textBytes
    structured.note = resultNote(structured)
  }
  const line = statusLine(task, structured, fit)
  const content = fit.detail === 'chunks' ? '' : joinedContent(chunks, fit.detail)
  return { structured, text: content === '' ? line : `${line}\n\n${content}` }
}

/** Gives the result beside the last chunks. Who asks again after those has read it already, so gets a short answer. */
function withResult(
  answer: ToolAnswer<StatusAnswer>,
  progress: TaskProgress,
  fit: Fit,
  room: number,
): ToolAnswer<StatusAnswer> {
  const { structured, text } = answer
  if (progress.result === null || structured.has_more || fit.from >= structured.chunks_count) return answer
  if (escapedBytes(progress.result) > room) return answer
  const { result_bytes: _, note: __, ...rest } = structured
  return { structured: { ...rest, result: progress.result }, text }
}

function resultNote(answer: StatusAnswer): string {
  return answer.has_more
    ? 'The result is the text chunks joined; read on from next_chunk_index.'
    : 'The result is the text chunks joined; to read it again, start at from_chunk_index 0 with detail "text".'
}

/** How many bytes a chunk adds to the answer. */
function chunkBytes(chunk: Chunk, detail: Detail): number {
  const asChunk = detail === 'text' ? 0 : Buffer.byteLength(JSON.stringify(toChunkAnswer(chunk))) + 1
  const asContent = detail !== 'chunks' && isTold(chunk, detail) ? 2 * escapedBytes(chunk.content) : 0
  return asChunk + asContent
}

function escapedBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text))
}

/** Size of an answer as it goes over the wire, without the JSON-RPC envelope. */
export function serializedBytes(answer: ToolAnswer<unknown>): number {
  return Buffer.byteLength(
    JSON.stringify({ content: [{ type: 'text', text: answer.text }], structuredContent: answer.structured }),
  )
}
