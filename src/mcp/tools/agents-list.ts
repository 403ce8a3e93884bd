import { z } from 'zod'
import { type AgentAnswer, agentAnswer, toAgentAnswer } from '../answers/agent.js'
import { defineTool, READS } from '../tool.js'

export const agentListAnswer = z.object({ agents: z.array(agentAnswer), count: z.int() })
export type AgentListAnswer = z.infer<typeof agentListAnswer>

export const agentsList = defineTool({
  name: 'kiro_agents_list',
  title: 'List agents',
  description:
    'The configured agents: whether each can be used here, its version, and what to do where it cannot.',
  input: z.strictObject({}),
  answer: agentListAnswer,
  annotations: READS,
  async handle(service) {
    const agents = (await service.agents()).map(toAgentAnswer)
    return { structured: { agents, count: agents.length }, text: agents.map(line).join('\n') || 'No agents.' }
  },
})

function line(agent: AgentAnswer): string {
  const name = agent.is_default ? `${agent.name} (default)` : agent.name
  return agent.available
    ? `${name}: available${agent.version === null ? '' : `, version ${agent.version}`}`
    : `${name}: not available. ${agent.problem ?? ''}`
}
