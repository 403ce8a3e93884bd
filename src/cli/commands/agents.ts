import type { Command } from 'commander'
import { globalsOf } from '../globals.js'
import { say } from '../say.js'

export function addAgents(program: Command): void {
  program
    .command('agents')
    .description('list the configured agents and whether they can be used')
    .option('--json', 'as JSON')
    .action(listAgents)
}

async function listAgents(options: { json?: boolean }, command: Command): Promise<void> {
  const { withDaemon } = await import('../daemon-client.js')
  const { agents } = await withDaemon(globalsOf(command), (client) => client.agents())
  if (options.json) {
    const { printJson } = await import('../render/json.js')
    printJson(agents)
    return
  }
  const { renderTable } = await import('../render/table.js')
  const rows = agents.map((agent) => [
    agent.is_default ? `${agent.name} (default)` : agent.name,
    agent.kind,
    agent.available ? 'yes' : 'no',
    agent.version ?? '-',
    agent.signed_in.replace('_', ' '),
    agent.problem ?? agent.binary ?? '',
  ])
  say(renderTable(['AGENT', 'KIND', 'USABLE', 'VERSION', 'SIGNED IN', ''], rows))
}
