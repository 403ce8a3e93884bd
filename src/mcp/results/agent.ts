import { z } from 'zod'
import type { NamedAgentReport } from '../../domain/service.js'

export const agentResult = z.object({
  name: z.string(),
  kind: z.string(),
  is_default: z.boolean(),
  configured: z
    .boolean()
    .describe('False for a known agent that the settings do not have: it cannot be started'),
  available: z.boolean().describe('It can be started here'),
  version: z.string().nullable(),
  signed_in: z.enum(['yes', 'no', 'unknown', 'not_needed']),
  binary: z.string().nullable(),
  problem: z.string().nullable().describe('Why it cannot be used, and what to do'),
})
export type AgentResult = z.infer<typeof agentResult>

export function toAgentResult(report: NamedAgentReport): AgentResult {
  return {
    name: report.name,
    kind: report.kind,
    is_default: report.isDefault,
    configured: report.configured,
    available: report.available,
    version: report.version,
    signed_in: report.signedIn,
    binary: report.binary,
    problem: report.problem,
  }
}
