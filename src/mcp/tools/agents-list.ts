import { z } from 'zod'
import { ellipsizeBytes } from '../../domain/text.js'
import { listWithinBudget } from '../budget.js'
import { type AgentResult, agentResult, toAgentResult } from '../results/agent.js'
import { defineTool, READS } from './tool.js'

export const agentListResult = z.object({
  agents: z.array(agentResult),
  count: z.int(),
  note: z.string().optional().describe('What is left out'),
})
export type AgentListResult = z.infer<typeof agentListResult>

/** How much of a path, a version or a problem is told, bytes: the first that goes for all agents. */
const TEXT_BYTES = [4_096, 1_000, 400, 150, 60, 0]
const LEFT_OUT = 'More agents are left out; `spoold agents` shows them all.'

export const agentsList = defineTool({
  name: 'agents_list',
  title: 'List agents',
  description:
    'The configured agents: whether each can be used here, its version, and what to do where it cannot. ' +
    'Also known agents that are not configured, which cannot be started.',
  input: z.strictObject({}),
  result: agentListResult,
  annotations: READS,
  async handle(service, _input, { maxBytes }) {
    const all = (await service.agents()).map(toAgentResult)
    return listWithinBudget(
      all,
      { maxBytes, textBytes: TEXT_BYTES, minEntries: all.length },
      (some, textBytes) => {
        const agents = some.map((agent) => clipped(agent, textBytes))
        const note = some.length < all.length ? { note: LEFT_OUT } : {}
        return {
          structured: { agents, count: agents.length, ...note },
          text: [listing(agents), ...Object.values(note)].join('\n'),
        }
      },
    )
  },
})

function clipped(agent: AgentResult, textBytes: number): AgentResult {
  const short = (text: string | null) => (text === null ? null : ellipsizeBytes(text, textBytes))
  return {
    ...agent,
    version: short(agent.version),
    binary: short(agent.binary),
    problem: short(agent.problem),
  }
}

function listing(agents: AgentResult[]): string {
  const lines = agents.filter(({ configured }) => configured).map(line)
  const others = agents.filter(({ configured }) => !configured)
  const [found, missing] = [true, false].map((isFound) =>
    others.filter(({ binary }) => (binary !== null) === isFound).map(({ name }) => name),
  )
  if (found?.length) lines.push(`Installed, but not configured (spoold init): ${found.join(', ')}`)
  if (missing?.length) lines.push(`Known, but not installed: ${missing.join(', ')}`)
  return lines.join('\n') || 'No agents.'
}

function line(agent: AgentResult): string {
  const name = agent.is_default ? `${agent.name} (default)` : agent.name
  return agent.available
    ? `${name}: available${agent.version === null ? '' : `, version ${agent.version}`}`
    : `${name}: not available. ${agent.problem ?? ''}`
}
