import { z } from 'zod'
import type { Exchange } from '../../domain/session.js'
import { ellipsizeBytes, truncateBytes } from '../../domain/text.js'
import { iso, isoOrNull } from './time.js'

/** One message of a session and what came of it. */
export const exchangeResult = z.object({
  task_id: z.string(),
  message: z.string(),
  status: z.string(),
  created_at: z.string(),
  completed_at: z.string().nullable(),
  answer: z.string(),
  truncated: z.boolean().describe('The message or the answer is only its beginning'),
  error: z.string().nullable(),
})
export type ExchangeResult = z.infer<typeof exchangeResult>

/** @param shareBytes how much of the message and of the answer is told, each */
export function toExchangeResult(exchange: Exchange, shareBytes: number): ExchangeResult {
  const message = truncateBytes(exchange.message, shareBytes)
  const answer = truncateBytes(exchange.answer, shareBytes)
  return {
    task_id: exchange.taskId,
    message,
    status: exchange.status,
    created_at: iso(exchange.createdAt),
    completed_at: isoOrNull(exchange.completedAt),
    answer,
    truncated:
      exchange.truncated ||
      message.length < exchange.message.length ||
      answer.length < exchange.answer.length,
    error: exchange.error === null ? null : ellipsizeBytes(exchange.error, shareBytes),
  }
}
