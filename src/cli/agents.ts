import type { Command } from 'commander'
import type { AgentResult } from '../mcp/tools/agents-list.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addAgents(program: Command): void {
  addExamples(
    program
      .command('agents')
      .description('List the configured agents and whether they are usable, and other installed agents')
      .option('--json', 'Print JSON, one agent per line')
      .action(listAgents),
    { 'spoold agents': 'Show which are usable, and why not' },
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
  // Agents that are neither configured nor installed are listed by name only.
  const hasRow = ({ configured, binary }: AgentResult) => configured || binary !== null
  const rows = agents
    .filter(hasRow)
    .map((agent) => [
      agent.is_default ? `${agent.name} (default)` : agent.name,
      agent.kind,
      agent.configured ? (agent.available ? 'yes' : 'no') : 'not configured',
      agent.version ?? '-',
      agent.signed_in.replace('_', ' '),
      agent.problem ?? agent.binary ?? '',
    ])
  print(renderTable(['AGENT', 'KIND', 'USABLE', 'VERSION', 'SIGNED IN', ''], rows, wrappedTable()))
  const others = agents.filter((agent) => !hasRow(agent)).map(({ name }) => name)
  if (others.length > 0) print(`\nNot on the daemon's PATH: ${others.join(', ')}\n`)
}
