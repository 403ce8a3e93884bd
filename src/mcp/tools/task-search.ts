import { z } from 'zod'
import type { SearchPage } from '../../domain/search.js'
import { oneLine } from '../../domain/text.js'
import { listWithinBudget } from '../budget.js'
import { type MatchResult, matchResult, toMatchResult } from '../results/search.js'
import { identifier, text, wholeNumber } from '../schema/fields.js'
import { LARGE_RESULTS, MAX_SECONDS } from '../schema/limits.js'
import { maxBytes, sessionId } from '../schema/task-fields.js'
import { defineTool, READS, type ToolResult } from './tool.js'

export const searchResult = z.object({
  matches: z.array(matchResult),
  count: z.int(),
  found_count: z.int().describe('Tasks in which it was found, told here or not'),
  waiting_count: z.int().describe('Tasks of which something is not searchable yet'),
})
export type SearchResult = z.infer<typeof searchResult>

/** How much of a message and of a snippet is told, bytes. */
const TEXT_BYTES = [600, 300, 120, 40, 0]
const ENOUGH_MATCHES = 10
/** How much of a snippet stands in a line for a model, in UTF-16 units. */
const LINE_LENGTH = 300
const MAX_QUERY_LENGTH = 1_000

export const taskSearch = defineTool({
  name: 'task_search',
  title: 'Search tasks',
  description: (tool) =>
    'Finds tasks by words of their message or output, best first: what an earlier conversation asked for or found out. ' +
    `All words have to occur; "quoted words" together, begin* as a beginning. Read on with ${tool('task_status')} from chunk_index.`,
  input: z.strictObject({
    query: text({ about: 'The words', remedy: 'give the words to look for' }).refine(
      (query) => query.length <= MAX_QUERY_LENGTH,
      { error: `must have at most ${MAX_QUERY_LENGTH} characters; leave words out` },
    ),
    session_id: sessionId.optional(),
    agent: identifier({
      about: 'Only tasks of this agent',
      remedy: 'leave it out for all agents',
    }).optional(),
    since_seconds: wholeNumber({
      min: 1,
      max: MAX_SECONDS,
      about: 'Only tasks created since so long ago, in seconds',
      remedy: 'leave it out for all times',
    }).optional(),
    limit: wholeNumber({
      min: 1,
      max: 100,
      about: 'Most tasks that are told, or as many as fit the answer',
      remedy: 'leave it out for 10',
    }).default(10),
    max_bytes: maxBytes.optional(),
  }),
  result: searchResult,
  annotations: READS,
  meta: LARGE_RESULTS,
  async handle(service, input, context) {
    const { max_bytes: maxBytes = context.maxBytes } = input
    const found = await service.search(
      {
        words: input.query,
        sessionId: input.session_id,
        agent: input.agent,
        sinceMs: input.since_seconds === undefined ? undefined : input.since_seconds * 1000,
        limit: input.limit,
      },
      context.signal,
    )
    const fit = { maxBytes, textBytes: TEXT_BYTES, minEntries: ENOUGH_MATCHES }
    return listWithinBudget(found.matches, fit, (some, textBytes) =>
      answerWith(
        some.map((match) => toMatchResult(match, textBytes)),
        found,
      ),
    )
  },
})

function answerWith(matches: MatchResult[], found: SearchPage): ToolResult<SearchResult> {
  const { taskCount, waitingCount } = found
  const lines = matches.map((match) => {
    const place = match.chunk_index === null ? 'message' : `chunk ${match.chunk_index}`
    return `${match.task_id} ${match.status} (${match.agent}, ${match.created_at}, ${place}) ${oneLine(match.snippet, LINE_LENGTH)}`
  })
  if (matches.length < taskCount) lines.push(`Found in ${taskCount} tasks in all.`)
  if (waitingCount > 0) lines.push(`${waitingCount} tasks are not searchable yet; ask again in a while.`)
  return {
    structured: { matches, count: matches.length, found_count: taskCount, waiting_count: waitingCount },
    text:
      matches.length === 0 && taskCount === 0 ? ['Nothing found.', ...lines].join('\n') : lines.join('\n'),
  }
}
