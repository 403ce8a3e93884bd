import type { TaskProgress } from '../../domain/service.js'
import { isInsideCharacter } from '../../domain/text.js'
import { contentOf, isBeginning, type Part, toChunkResult, toPart } from '../results/chunk.js'
import {
  hasChunks,
  isInContent,
  isTold,
  joinedContent,
  type OutputMode,
  type StatusResult,
  toOutput,
  toStatusResult,
} from '../results/status.js'
import type { ToolResult } from '../tools/tool.js'
import type { ToolNames } from '../wording.js'
import { binarySearch } from './binary-search.js'
import { escapedBytes, serializedBytes } from './result-size.js'
import { statusLine } from './status-line.js'
import { statusNote } from './status-note.js'

export interface Fit {
  from: number
  /** UTF-16 units of the first chunk that were read before; none without it. */
  fromOffset?: number
  /** Bound for the whole serialized answer: structuredContent and text block together. */
  maxBytes: number
  detail: OutputMode
  /** ms since 1970. */
  now: number
  /** Puts our names of tools into those that the caller knows. */
  tool: ToolNames
}

/** How much of the budget a sentence about a failure and each text of a question may take; the first that goes is taken. */
const TEXT_SHARES = [1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 0]

/**
 * The answer to a poll, cut so that all of it fits the budget. Chunks that do not fit are left for the next call. Where
 * chunks are told one by one, only one that fits into no answer is given in parts; text for a model is filled up with the
 * beginning of the next chunk. 1,000 bytes are enough to give something of every chunk.
 * With detail `full` the result of a completed task comes with its last chunks, where there is room.
 */
export function fitStatus(progress: TaskProgress, fit: Fit): ToolResult<StatusResult> {
  const parts = progress.chunks.map((chunk, place) => toPart(chunk, place === 0 ? fit.fromOffset : 0))
  for (const share of TEXT_SHARES) {
    const answer = fitted({ progress, fit, parts, longestText: Math.floor(share * fit.maxBytes) })
    if (answer !== undefined) return answer
  }
  return frame({ progress, fit, parts, longestText: 0 }, [])
}

interface Draft {
  progress: TaskProgress
  fit: Fit
  /** All that could be given. */
  parts: Part[]
  longestText: number
}

/** Undefined where the texts beside the chunks leave them too little room. */
function fitted(draft: Draft): ToolResult<StatusResult> | undefined {
  const { fit, parts } = draft
  const room = fit.maxBytes - frameBytes(draft, parts)
  const all = sizesWithin(parts, fit.detail, room)
  if (room >= 0 && all.sizes.length === parts.length)
    return withResult(filled(draft, parts), draft, room - all.bytes)
  const emptyBytes = frameBytes(draft, [])
  if (emptyBytes > fit.maxBytes / 2 + 250) return undefined
  return wholeChunks(draft, fit.maxBytes - emptyBytes) ?? beginningOfFirst(draft)
}

/** As many whole chunks as fit, of which `room` is an estimate, bytes; undefined where that is none. */
function wholeChunks(draft: Draft, room: number): ToolResult<StatusResult> | undefined {
  const { fit, parts } = draft
  const { sizes } = sizesWithin(parts, fit.detail, room)
  const [first] = parts
  if (sizes.length === 0 && first !== undefined) sizes.push(partBytes(first, fit.detail))
  for (; sizes.length > 0; sizes.pop()) {
    const given = parts.slice(0, sizes.length)
    const bytes = sizes.reduce((sum, size) => sum + size, frameBytes(draft, given))
    if (bytes <= fit.maxBytes) return filledUp(draft, given) ?? filled(draft, given)
  }
  return undefined
}

/** With the beginning of the next chunk, where that is to be cut; undefined where that is nothing. */
function filledUp(draft: Draft, given: Part[]): ToolResult<StatusResult> | undefined {
  const { detail, maxBytes } = draft.fit
  const next = draft.parts[given.length]
  if (next === undefined || !isTold(next, detail)) return undefined
  // Who takes chunk by chunk gets it whole with the next answer, if it fits into that.
  if (hasChunks(detail) && serializedBytes(filled(draft, [next])) <= maxBytes) return undefined
  return withBeginning(draft, given, next)
}

/** As much of the first chunk as fits, cut at a character; undefined where that is nothing. */
function beginningOfFirst(draft: Draft): ToolResult<StatusResult> | undefined {
  const [first] = draft.parts
  return first === undefined ? undefined : withBeginning(draft, [], first)
}

/** The given parts and as much of one more as fits beside them, cut at a character; undefined where that is nothing. */
function withBeginning(
  draft: Draft,
  given: Part[],
  { chunk, start }: Part,
): ToolResult<StatusResult> | undefined {
  const { maxBytes, detail } = draft.fit
  const piece = (end: number): Part => ({ chunk, start, end: wholeCharacters(chunk.content, end) })
  const upTo = (end: number) => filled(draft, [...given, piece(end)])
  // A large answer is not written anew for each try.
  const room = given.length === 0 ? undefined : maxBytes - serializedBytes(filled(draft, given)) - SEAM_BYTES
  const isWithin = (end: number) =>
    room === undefined ? serializedBytes(upTo(end)) <= maxBytes : partBytes(piece(end), detail) <= room
  const fits = binarySearch(start, Math.min(chunk.content.length, start + maxBytes), isWithin)
  if (wholeCharacters(chunk.content, fits) <= start) return undefined
  const answer = upTo(fits)
  return serializedBytes(answer) <= maxBytes ? answer : undefined
}

/** What a piece more may cost beside itself: next_offset, the words of how to read on, a comma. */
const SEAM_BYTES = 150

function filled(draft: Draft, given: Part[]): ToolResult<StatusResult> {
  const { structured, text } = frame(draft, given)
  const { detail } = draft.fit
  const told = isInTextBlock(detail) ? joinedContent(given, detail) : ''
  return {
    structured: { ...structured, ...toOutput(given, detail) },
    text: told === '' ? text : `${text}\n\n${told}`,
  }
}

/** The answer without what the given parts say. */
function frame({ progress, fit, parts, longestText }: Draft, given: Part[]): ToolResult<StatusResult> {
  const { task } = progress
  const { from, fromOffset = 0, detail, now, tool = String } = fit
  const last = given.at(-1)
  const hasMore = progress.hasMore || given.length < parts.length || (last !== undefined && isBeginning(last))
  const structured = toStatusResult(task, given, { from, fromOffset, hasMore, detail, longestText })
  if (task.status === 'completed') structured.result_bytes = task.textBytes
  const note = statusNote(task, structured, {
    detail,
    isTextGiven: given.some((part) => isTold(part, detail)),
    longestText,
  })
  if (note !== '') structured.note = note
  return { structured, text: statusLine(task, structured, { from, fromOffset, now, longestText, tool }) }
}

function frameBytes(draft: Draft, given: Part[]): number {
  const { detail } = draft.fit
  const commas = hasChunks(detail) ? Math.max(0, given.length - 1) : 0
  const isTextThere =
    isInTextBlock(detail) && given.some((part) => isTold(part, detail) && contentOf(part) !== '')
  return serializedBytes(frame(draft, given)) + commas + (isTextThere ? escapedBytes('\n\n') : 0)
}

/** Gives the result beside the last chunks. Who asks again after those has read it already, so gets a short answer. */
function withResult(
  answer: ToolResult<StatusResult>,
  { progress, fit }: Draft,
  room: number,
): ToolResult<StatusResult> {
  const { result } = progress
  const { structured, text } = answer
  if (result === null || fit.detail !== 'full' || structured.has_more) return answer
  if (fit.from >= structured.chunks_count || escapedBytes(result) > room) return answer
  // These take more than the name of the field.
  const { result_bytes: _, note: __, ...rest } = structured
  return { structured: { ...rest, result }, text }
}

function isInTextBlock(detail: OutputMode): boolean {
  return detail === 'full' || detail === 'text' || detail === 'both'
}

/** Sizes of the first parts, of as many as take at most `room` bytes together. */
function sizesWithin(parts: Part[], detail: OutputMode, room: number): { sizes: number[]; bytes: number } {
  const sizes: number[] = []
  let bytes = 0
  for (const part of parts) {
    const size = partBytes(part, detail)
    if (bytes + size > room) break
    sizes.push(size)
    bytes += size
  }
  return { sizes, bytes }
}

/** How many bytes a part adds to the answer. */
function partBytes(part: Part, detail: OutputMode): number {
  const asChunk = hasChunks(detail) ? Buffer.byteLength(JSON.stringify(toChunkResult(part))) : 0
  const copies = Number(isInTextBlock(detail)) + Number(isInContent(detail))
  if (copies === 0 || !isTold(part, detail)) return asChunk
  return asChunk + copies * escapedBytes(contentOf(part))
}

/** The place itself, or the one before it where it is inside a character. */
function wholeCharacters(text: string, place: number): number {
  return isInsideCharacter(text, place) ? place - 1 : place
}
