import { z } from 'zod'
import { type AgentAnswer, agentAnswer, toAgentAnswer } from '../answers/agent.js'
import { defineTool, READS } from '../tool.js'

export const agentListAnswer = z.object({ agents: z.array(agentAnswer), count: z.int() })
export type AgentListAnswer = z.infer<typeof agentListAnswer>

export const agentsList = defineTool({
  name: 'kiro_agents_list',
  title: 'List agents',
  description:
    'The configured agents: whether each can be used here, its version, and what to do where it cannot. ' +
    'Also known agents that are not configured, which cannot be started.',
  input: z.strictObject({}),
  answer: agentListAnswer,
  annotations: READS,
  async handle(service) {
    const agents = (await service.agents()).map(toAgentAnswer)
    return { structured: { agents, count: agents.length }, text: listing(agents) }
  },
})

function listing(agents: AgentAnswer[]): string {
  const lines = agents.filter(({ configured }) => configured).map(line)
  const others = agents.filter(({ configured }) => !configured)
  const [found, missing] = [true, false].map((isFound) =>
    others.filter(({ binary }) => (binary !== null) === isFound).map(({ name }) => name),
  )
  if (found?.length) lines.push(`Installed, but not configured (spoold init): ${found.join(', ')}`)
  if (missing?.length) lines.push(`Known, but not installed: ${missing.join(', ')}`)
  return lines.join('\n') || 'No agents.'
}

function line(agent: AgentAnswer): string {
  const name = agent.is_default ? `${agent.name} (default)` : agent.name
  return agent.available
    ? `${name}: available${agent.version === null ? '' : `, version ${agent.version}`}`
    : `${name}: not available. ${agent.problem ?? ''}`
}
