import { z } from 'zod'
import type { Exchange } from '../../domain/session.js'
import { toDisplayText } from '../../domain/text.js'
import { listWithinBudget } from '../budget.js'
import { exchangeResult, toExchangeResult } from '../results/exchange.js'
import { wholeNumber } from '../schema/fields.js'
import { LARGE_RESULTS } from '../schema/limits.js'
import { maxBytes, sessionId } from '../schema/task-fields.js'
import { defineTool, READS, type ToolResult } from './tool.js'

export const historyResult = z.object({
  session_id: z.string(),
  exchanges: z.array(exchangeResult),
  count: z.int(),
  note: z.string().optional().describe('What is left out'),
})
export type HistoryResult = z.infer<typeof historyResult>

export const history = defineTool({
  name: 'history',
  title: 'Read a conversation',
  description: (tool) =>
    'The last messages of a session and the answers to them, oldest first. Long ones are cut (truncated is true); ' +
    `${tool('task_status')} with the task_id and detail "text" reads the whole.`,
  input: z.strictObject({
    session_id: sessionId,
    limit: wholeNumber({
      min: 1,
      max: 100,
      about: 'How many of the last messages',
      remedy: 'leave it out for 10',
    }).default(10),
    max_bytes: maxBytes.optional(),
  }),
  result: historyResult,
  annotations: READS,
  meta: LARGE_RESULTS,
  async handle(service, input, context) {
    const { session_id: id, limit, max_bytes: maxBytes = context.maxBytes } = input
    const found = await service.history(id, limit)
    const newestFirst = found.toReversed()
    const answerWith = (newest: readonly Exchange[], shareBytes: number) =>
      conversation(id, newest.toReversed(), shareBytes, newest.length < found.length)
    const tried = { maxBytes, textBytes: shares(maxBytes, found.length), minEntries: found.length }
    const whole = listWithinBudget(newestFirst, tried, answerWith)
    if (whole.structured.count === found.length) return whole
    return listWithinBudget(newestFirst, { maxBytes, textBytes: MIN_SHARES, minEntries: 1 }, answerWith)
  },
})

/** Below the first a message says little, so older ones are left out first, bytes. */
const MIN_SHARES = [40, 12, 0] as const
const LEFT_OUT = 'Earlier messages are left out: raise max_bytes.'

/**
 * How much of each message and answer may be told, bytes. Both stand in the structured content and in the text block, and
 * escapes make them longer there, so less is tried until it fits.
 */
function shares(maxBytes: number, count: number): number[] {
  const tried: number[] = []
  let share = Math.floor(maxBytes / (4 * Math.max(1, count)))
  for (; share > MIN_SHARES[0]; share = Math.floor(share * 0.7)) tried.push(share)
  return [...tried, MIN_SHARES[0]]
}

function conversation(
  sessionId: string,
  found: Exchange[],
  share: number,
  isCut: boolean,
): ToolResult<HistoryResult> {
  const exchanges = found.map((exchange) => toExchangeResult(exchange, share))
  const text = exchanges.map((exchange) => {
    const answer = exchange.error ?? exchange.answer
    return `[${exchange.task_id} ${exchange.status}]\n> ${toDisplayText(exchange.message)}\n${answer}`
  })
  const note = isCut ? { note: LEFT_OUT } : {}
  return {
    structured: { session_id: sessionId, exchanges, count: exchanges.length, ...note },
    text: [...Object.values(note), ...text].join('\n\n') || 'No messages yet.',
  }
}
