import { z } from 'zod'
import type { Exchange } from '../../domain/session.js'
import { printable } from '../../domain/shown-text.js'
import { exchangeAnswer, toExchangeAnswer } from '../answers/exchange.js'
import { wholeNumber } from '../fields.js'
import { serializedBytes } from '../fit-status.js'
import { maxBytes, sessionId } from '../task-fields.js'
import { defineTool, READS, type ToolAnswer } from '../tool.js'

export const historyAnswer = z.object({
  session_id: z.string(),
  exchanges: z.array(exchangeAnswer),
  count: z.int(),
})
export type HistoryAnswer = z.infer<typeof historyAnswer>

export const history = defineTool({
  name: 'kiro_history',
  title: 'Read a conversation',
  description:
    'The last messages of a session and the answers to them, oldest first. Long ones are cut (truncated is true); ' +
    'kiro_task_status with the task_id and detail "text" reads the whole.',
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
  answer: historyAnswer,
  annotations: READS,
  async handle(service, input, context) {
    const found = await service.history(input.session_id, input.limit)
    const budget = input.max_bytes ?? context.maxBytes
    let share = Math.floor(budget / (4 * Math.max(1, found.length)))
    let answer = conversation(input.session_id, found, share)
    // Message and answer stand in the structured content and in the text block, and escapes make them longer there.
    while (serializedBytes(answer) > budget && share > LEAST_SHARE_BYTES) {
      share = Math.floor(share * 0.7)
      answer = conversation(input.session_id, found, share)
    }
    return answer
  },
})

/** Below that a message says nothing, so an answer for a tiny budget may exceed it. */
const LEAST_SHARE_BYTES = 40

function conversation(sessionId: string, found: Exchange[], share: number): ToolAnswer<HistoryAnswer> {
  const exchanges = found.map((exchange) => toExchangeAnswer(exchange, share))
  const text = exchanges.map((exchange) => {
    const answer = exchange.error ?? exchange.answer
    return `[${exchange.task_id} ${exchange.status}]\n> ${printable(exchange.message)}\n${answer}`
  })
  return {
    structured: { session_id: sessionId, exchanges, count: exchanges.length },
    text: text.join('\n\n') || 'No messages yet.',
  }
}
