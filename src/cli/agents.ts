import type { Command } from 'commander'
import type { AgentResult } from '../mcp/tools/agents-list.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addAgents(program: Command): void {
  addExamples(
    program
      .command('agents')
      .description('list the configured agents and whether they can be used, and others that are found here')
      .option('--json', 'as JSON, one agent a line')
      .action(listAgents),
    { 'spoold agents': 'which can be used, and why not' },
  )
}

async function listAgents(options: { json?: boolean }, command: Command): Promise<void> {
  const { withDaemon } = await import('./daemon/daemon-client.js')
  const { agents } = await withDaemon(globalsOf(command), (client) => client.agents())
  if (options.json) {
    const { printJsonLines } = await import('./terminal/json.js')
    printJsonLines(agents)
    return
  }
  const { renderTable, wrappedTable } = await import('./terminal/table.js')
  // Of those that are neither configured nor here, the names are enough.
  const isTold = ({ configured, binary }: AgentResult) => configured || binary !== null
  const rows = agents
    .filter(isTold)
    .map((agent) => [
      agent.is_default ? `${agent.name} (default)` : agent.name,
      agent.kind,
      agent.configured ? (agent.available ? 'yes' : 'no') : 'not configured',
      agent.version ?? '-',
      agent.signed_in.replace('_', ' '),
      agent.problem ?? agent.binary ?? '',
    ])
  print(renderTable(['AGENT', 'KIND', 'USABLE', 'VERSION', 'SIGNED IN', ''], rows, wrappedTable()))
  const others = agents.filter((agent) => !isTold(agent)).map(({ name }) => name)
  if (others.length > 0) print(`\nNot found on the daemon's PATH: ${others.join(', ')}\n`)
}
