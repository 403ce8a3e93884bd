import { z } from 'zod'
import type { Exchange } from '../../domain/session.js'
import { ellipsizeBytes, toDisplayText, truncateBytes } from '../../domain/text.js'
import { listWithinBudget } from '../budget.js'
import { iso, isoOrNull } from '../results/time.js'
import { wholeNumber } from '../schema/fields.js'
import { LARGE_RESULTS } from '../schema/limits.js'
import { maxBytes, sessionId } from '../schema/task-fields.js'
import { defineTool, READS, type ToolResult } from './tool.js'

const exchangeResult = z.object({
  task_id: z.string(),
  message: z.string(),
  status: z.string(),
  created_at: z.string(),
  completed_at: z.string().nullable(),
  answer: z.string(),
  truncated: z.boolean().describe('The message or the answer is cut'),
  error: z.string().nullable(),
})
type ExchangeResult = z.infer<typeof exchangeResult>

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
    'Reads the last messages of a session and the answers to them, oldest first. Long ones are cut (truncated is true); ' +
    `${tool('task_status')} with the task_id and detail "text" reads them whole.`,
  input: z.strictObject({
    session_id: sessionId,
    limit: wholeNumber({
      min: 1,
      max: 100,
      about: 'How many of the last messages',
      remedy: 'omit it for 10',
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
    const toResult = (newest: readonly Exchange[], textBytes: number) =>
      toHistoryResult(id, newest.toReversed(), textBytes, newest.length < found.length)
    const all = { maxBytes, textBytes: sharesOf(maxBytes, found.length), minEntries: found.length }
    const result = listWithinBudget(newestFirst, all, toResult)
    if (result.structured.count === found.length) return result
    return listWithinBudget(newestFirst, { maxBytes, textBytes: MIN_SHARES, minEntries: 1 }, toResult)
  },
})

/** A shorter message says little, so below the first size older messages are left out instead, bytes. */
const MIN_SHARES = [40, 12, 0] as const
const LEFT_OUT = 'Earlier messages are left out: raise max_bytes.'

/**
 * Bounds for each message and answer, bytes. Both are in the structured content and in the text block, and escapes
 * lengthen them there, so smaller ones are tried until all fit.
 */
function sharesOf(maxBytes: number, count: number): number[] {
  const shares: number[] = []
  let share = Math.floor(maxBytes / (4 * Math.max(1, count)))
  for (; share > MIN_SHARES[0]; share = Math.floor(share * 0.7)) shares.push(share)
  return [...shares, MIN_SHARES[0]]
}

function toHistoryResult(
  sessionId: string,
  found: Exchange[],
  textBytes: number,
  isCut: boolean,
): ToolResult<HistoryResult> {
  const exchanges = found.map((exchange) => toExchangeResult(exchange, textBytes))
  const lines = exchanges.map((exchange) => {
    const answer = exchange.error ?? exchange.answer
    return `[${exchange.task_id} ${exchange.status}]\n> ${toDisplayText(exchange.message)}\n${answer}`
  })
  const note = isCut ? { note: LEFT_OUT } : {}
  return {
    structured: { session_id: sessionId, exchanges, count: exchanges.length, ...note },
    text: [...Object.values(note), ...lines].join('\n\n') || 'No messages yet.',
  }
}

function toExchangeResult(exchange: Exchange, textBytes: number): ExchangeResult {
  const message = truncateBytes(exchange.message, textBytes)
  const answer = truncateBytes(exchange.answer, textBytes)
  const isCut = message.length < exchange.message.length || answer.length < exchange.answer.length
  return {
    task_id: exchange.taskId,
    message,
    status: exchange.status,
    created_at: iso(exchange.createdAt),
    completed_at: isoOrNull(exchange.completedAt),
    answer,
    truncated: exchange.truncated || isCut,
    error: exchange.error === null ? null : ellipsizeBytes(exchange.error, textBytes),
  }
}
