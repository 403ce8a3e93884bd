import { z } from 'zod'
import type { TaskTally } from '../../domain/stats.js'
import { iso } from '../results/time.js'
import { wholeNumber } from '../schema/fields.js'
import { MAX_SECONDS } from '../schema/limits.js'
import { defineTool, READS } from './tool.js'

const DEFAULT_SINCE_SECONDS = 30 * 24 * 3600

const tallyResult = z.object({
  tasks: z.int(),
  completed: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  active: z.int(),
  success_share: z.number().nullable().describe('Completed tasks of those that ended; null if none has'),
  p50_seconds: z.number().nullable(),
  p95_seconds: z.number().nullable(),
  bytes: z.int(),
})
export type TallyResult = z.infer<typeof tallyResult>
const agentTallyResult = tallyResult.extend({ agent: z.string() })
export type AgentTallyResult = z.infer<typeof agentTallyResult>
const dayTallyResult = tallyResult.extend({
  day: z.string().describe('In local time; days without tasks are left out'),
})
export type DayTallyResult = z.infer<typeof dayTallyResult>

export const statsResult = z.object({
  since: z.string(),
  total: tallyResult,
  agents: z.array(agentTallyResult),
  days: z.array(dayTallyResult),
})
export type StatsResult = z.infer<typeof statsResult>

export const stats = defineTool({
  name: 'stats',
  title: 'Count tasks',
  description: 'Counts tasks, successes, durations and bytes, by agent and by day.',
  input: z.strictObject({
    since_seconds: wholeNumber({
      min: 1,
      max: MAX_SECONDS,
      about: 'Only tasks created in the last so many seconds',
      remedy: 'omit it for 30 days',
    }).default(DEFAULT_SINCE_SECONDS),
  }),
  result: statsResult,
  annotations: READS,
  async handle(service, input, { now }) {
    const sinceMs = input.since_seconds * 1000
    const { total, byAgent, byDay } = await service.stats(sinceMs)
    return {
      structured: {
        since: iso(now() - sinceMs),
        total: toTallyResult(total),
        agents: byAgent.map((tally) => ({ agent: tally.name, ...toTallyResult(tally) })),
        days: byDay.map((tally) => ({ day: tally.name, ...toTallyResult(tally) })),
      },
      text: `${total.tasks} tasks, ${total.completed} completed, ${total.failed} failed`,
    }
  },
})

function toTallyResult({
  tasks,
  completed,
  failed,
  cancelled,
  active,
  p50Ms,
  p95Ms,
  bytes,
}: TaskTally): TallyResult {
  const ended = completed + failed + cancelled
  return {
    tasks,
    completed,
    failed,
    cancelled,
    active,
    success_share: ended === 0 ? null : completed / ended,
    p50_seconds: p50Ms === null ? null : p50Ms / 1000,
    p95_seconds: p95Ms === null ? null : p95Ms / 1000,
    bytes,
  }
}
