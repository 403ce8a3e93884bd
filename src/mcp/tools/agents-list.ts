import { z } from 'zod'
import type { NamedAgentReport } from '../../domain/service.js'
import { ellipsizeBytes } from '../../domain/text.js'
import { listWithinBudget } from '../budget.js'
import { defineTool, READS } from './tool.js'

const agentResult = z.object({
  name: z.string(),
  kind: z.string(),
  is_default: z.boolean(),
  configured: z.boolean().describe('False for a known agent that is not configured: it cannot be started'),
  available: z.boolean().describe('It can be started here'),
  version: z.string().nullable(),
  signed_in: z.enum(['yes', 'no', 'unknown', 'not_needed']),
  binary: z.string().nullable(),
  problem: z.string().nullable().describe('Why it cannot be used, and what to do'),
})
export type AgentResult = z.infer<typeof agentResult>

export const agentListResult = z.object({
  agents: z.array(agentResult),
  count: z.int(),
  note: z.string().optional().describe('What is left out'),
})
export type AgentListResult = z.infer<typeof agentListResult>

/** Bounds for a path, a version or a problem, bytes: the first that fits for all agents is used. */
const TEXT_BYTES = [4_096, 1_000, 400, 150, 60, 0]
const LEFT_OUT = 'Some agents are left out; `spoold agents` shows them all.'

export const agentsList = defineTool({
  name: 'agents_list',
  title: 'List agents',
  description:
    'Lists the configured agents: whether each can be used here, its version, and what to do if it cannot. ' +
    'Also lists known agents that are not configured, which cannot be started.',
  input: z.strictObject({}),
  result: agentListResult,
  annotations: READS,
  async handle(service, _input, { maxBytes }) {
    const reports = await service.agents()
    const budget = { maxBytes, textBytes: TEXT_BYTES, minEntries: reports.length }
    return listWithinBudget(reports, budget, (some, textBytes) => {
      const agents = some.map((report) => toAgentResult(report, textBytes))
      const note = some.length < reports.length ? { note: LEFT_OUT } : {}
      return {
        structured: { agents, count: agents.length, ...note },
        text: [listing(agents), ...Object.values(note)].join('\n'),
      }
    })
  },
})

function toAgentResult(report: NamedAgentReport, textBytes: number): AgentResult {
  const bounded = (text: string | null) => (text === null ? null : ellipsizeBytes(text, textBytes))
  return {
    name: report.name,
    kind: report.kind,
    is_default: report.isDefault,
    configured: report.configured,
    available: report.available,
    version: bounded(report.version),
    signed_in: report.signedIn,
    binary: bounded(report.binary),
    problem: bounded(report.problem),
  }
}

function listing(agents: AgentResult[]): string {
  const lines = agents.filter(({ configured }) => configured).map(line)
  const others = agents.filter(({ configured }) => !configured)
  const installed = others.filter(({ binary }) => binary !== null).map(({ name }) => name)
  const missing = others.filter(({ binary }) => binary === null).map(({ name }) => name)
  if (installed.length > 0) lines.push(`Installed, but not configured (spoold init): ${installed.join(', ')}`)
  if (missing.length > 0) lines.push(`Known, but not installed: ${missing.join(', ')}`)
  return lines.join('\n') || 'No agents.'
}

function line(agent: AgentResult): string {
  const name = agent.is_default ? `${agent.name} (default)` : agent.name
  return agent.available
    ? `${name}: available${agent.version === null ? '' : `, version ${agent.version}`}`
    : `${name}: not available. ${agent.problem ?? ''}`
}
