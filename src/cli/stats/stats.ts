import { type Command, Option } from 'commander'
import { inSeconds, parseTaskTime } from '../arguments.js'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { print, printError } from '../terminal/print.js'

const GROUPINGS = ['agent', 'day'] as const

interface StatsOptions {
  since: number
  by?: (typeof GROUPINGS)[number]
  json?: boolean
}

export function addStats(program: Command): void {
  addExamples(
    program
      .command('stats')
      .description('Show tasks, success rates, durations and output, by agent and by day')
      .addOption(
        new Option('--since <time>', 'Only tasks created within this time')
          .argParser(parseTaskTime)
          .default(30 * 24 * 3_600_000, '30d'),
      )
      .addOption(new Option('--by <what>', 'Show only this table').choices(GROUPINGS))
      .option('--json', 'Print JSON, one agent or day per line')
      .action(stats),
    {
      'spoold stats': 'Show the last 30 days',
      'spoold stats --since 7d --by day': 'Show the last week by day',
    },
  )
}

async function stats(options: StatsOptions, command: Command): Promise<void> {
  const { withDaemon } = await import('../daemon/daemon-client.js')
  const found = await withDaemon(globalsOf(command), (client) => client.stats(inSeconds(options.since)))
  const shown = {
    agents: options.by === 'day' ? [] : found.agents,
    days: options.by === 'agent' ? [] : found.days,
  }
  if (options.json) {
    const { printJsonLines } = await import('../terminal/json.js')
    printJsonLines([...shown.agents, ...shown.days])
    return
  }
  if (found.total.tasks === 0) {
    printError('No tasks in this time; use a longer --since.\n')
    return
  }
  const { statsTables } = await import('./tables.js')
  const { terminalWidth } = await import('../terminal/width.js')
  print(statsTables(found.total, shown, terminalWidth(process.stdout)))
}
