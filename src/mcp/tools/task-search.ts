import { z } from 'zod'
import type { SearchMatch, SearchPage } from '../../domain/search.js'
import { TASK_STATUSES } from '../../domain/task.js'
import { ellipsizeBytes, oneLine, previewLine, toDisplayText } from '../../domain/text.js'
import { listWithinBudget } from '../budget.js'
import { iso, isoOrNull } from '../results/time.js'
import { identifier, text, wholeNumber } from '../schema/fields.js'
import { LARGE_RESULTS, MAX_SECONDS } from '../schema/limits.js'
import { toMs } from '../schema/start-fields.js'
import { maxBytes, sessionId } from '../schema/task-fields.js'
import { defineTool, READS, type ToolResult } from './tool.js'

const matchResult = z.object({
  task_id: z.string(),
  session_id: z.string(),
  agent: z.string(),
  status: z.enum(TASK_STATUSES),
  created_at: z.string(),
  completed_at: z.string().nullable(),
  message: z.string().describe('Its start'),
  snippet: z.string().describe('The best passage, with « » around the matches'),
  chunk_index: z.int().nullable().describe('from_chunk_index to read on there; null: in the message'),
  passages_count: z.int().describe('Passages of the task, of about 64 KiB, that match'),
})
export type MatchResult = z.infer<typeof matchResult>

export const searchResult = z.object({
  matches: z.array(matchResult),
  count: z.int(),
  found_count: z.int().describe('Tasks that match, listed here or not'),
  waiting_count: z.int().describe('Tasks that are not completely indexed yet'),
})
export type SearchResult = z.infer<typeof searchResult>

/** Bounds for a message and a snippet, bytes: the first that fits is used. */
const TEXT_BYTES = [600, 300, 120, 40, 0]
const MIN_MATCHES = 10
/** How much of a snippet goes into a line for a model, in UTF-16 units. */
const LINE_LENGTH = 300
const MAX_QUERY_LENGTH = 1_000

export const taskSearch = defineTool({
  name: 'task_search',
  title: 'Search tasks',
  description: (tool) =>
    'Finds tasks by words of their message or output, best first: what an earlier conversation asked for or found out. ' +
    `All words must occur; "quoted words" together, prefix* as a prefix. Read on with ${tool('task_status')} from chunk_index.`,
  input: z.strictObject({
    query: text({ about: 'The words', remedy: 'give the words to search for' }).refine(
      (query) => query.length <= MAX_QUERY_LENGTH,
      { error: `must have at most ${MAX_QUERY_LENGTH} characters; use fewer words` },
    ),
    session_id: sessionId.optional(),
    agent: identifier({ about: 'Only tasks of this agent' }).optional(),
    since_seconds: wholeNumber({
      min: 1,
      max: MAX_SECONDS,
      about: 'Only tasks created in the last so many seconds',
      remedy: 'omit it for all tasks',
    }).optional(),
    limit: wholeNumber({
      min: 1,
      max: 100,
      about: 'Maximum number of tasks, or as many as fit the result',
      remedy: 'omit it for 10',
    }).default(10),
    max_bytes: maxBytes.optional(),
  }),
  result: searchResult,
  annotations: READS,
  meta: LARGE_RESULTS,
  async handle(service, input, context) {
    const page = await service.search(
      {
        words: input.query,
        sessionId: input.session_id,
        agent: input.agent,
        sinceMs: toMs(input.since_seconds),
        limit: input.limit,
      },
      context.signal,
    )
    const maxBytes = input.max_bytes ?? context.maxBytes
    const budget = { maxBytes, textBytes: TEXT_BYTES, minEntries: MIN_MATCHES }
    return listWithinBudget(page.matches, budget, (matches, textBytes) =>
      toSearchResult(
        matches.map((match) => toMatchResult(match, textBytes)),
        page,
      ),
    )
  },
})

function toSearchResult(matches: MatchResult[], page: SearchPage): ToolResult<SearchResult> {
  const { taskCount, waitingCount } = page
  const lines = matches.map((match) => {
    const place = match.chunk_index === null ? 'message' : `chunk ${match.chunk_index}`
    return `${match.task_id} ${match.status} (${match.agent}, ${match.created_at}, ${place}) ${oneLine(match.snippet, LINE_LENGTH)}`
  })
  if (taskCount === 0) lines.push('Nothing found.')
  else if (matches.length < taskCount) lines.push(`Found in ${taskCount} tasks in all.`)
  if (waitingCount > 0) lines.push(`${waitingCount} tasks are not indexed yet; search again in a while.`)
  return {
    structured: { matches, count: matches.length, found_count: taskCount, waiting_count: waitingCount },
    text: lines.join('\n'),
  }
}

/** @param textBytes bound for the message and for the snippet */
function toMatchResult(match: SearchMatch, textBytes: number): MatchResult {
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
