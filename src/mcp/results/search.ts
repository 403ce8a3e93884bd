import { z } from 'zod'
import type { SearchMatch } from '../../domain/search.js'
import { TASK_STATUSES } from '../../domain/task.js'
import { ellipsizeBytes, previewLine, toDisplayText } from '../../domain/text.js'
import { iso, isoOrNull } from './time.js'

/** A task in which words were found. */
export const matchResult = z.object({
  task_id: z.string(),
  session_id: z.string(),
  agent: z.string(),
  status: z.enum(TASK_STATUSES),
  created_at: z.string(),
  completed_at: z.string().nullable(),
  message: z.string().describe('The beginning of it'),
  snippet: z.string().describe('The best place, with « » around what was found'),
  chunk_index: z.int().nullable().describe('from_chunk_index to read on there; null: in the message'),
  passages_count: z.int().describe('Stretches of the task, of some 64 KiB, in which it was found'),
})
export type MatchResult = z.infer<typeof matchResult>

/** @param textBytes how much of the message and of the snippet is told, each */
export function toMatchResult(match: SearchMatch, textBytes: number): MatchResult {
  return {
    task_id: match.taskId,
    session_id: match.sessionId,
    agent: match.agent,
    status: match.status,
    created_at: iso(match.createdAt),
    completed_at: isoOrNull(match.completedAt),
    message: previewLine(match.message, textBytes),
    snippet: ellipsizeBytes(toDisplayText(match.snippet).trim(), textBytes),
    chunk_index: match.chunkIndex,
    passages_count: match.passages,
  }
}
