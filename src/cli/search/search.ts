import type { Command } from 'commander'
import { inSeconds, parseDuration, parseIndex } from '../arguments.js'
import { EXIT, ExitWith } from '../errors.js'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { printError, printRaw, warn } from '../terminal/print.js'

interface SearchOptions {
  session?: string
  agent?: string
  since?: number
  limit: number
  json?: boolean
}

export function addSearch(program: Command): void {
  addExamples(
    program
      .command('search')
      .description('find tasks by words of their messages and outputs, best first')
      .argument('<words...>', 'all are to occur; "quoted words" next to each other, begin* as a beginning')
      .option('-s, --session <id>', 'of this session only')
      .option('--agent <name>', 'of this agent only')
      .option('--since <time>', 'only tasks created since so long ago, for example 7d', parseDuration)
      .option('--limit <n>', 'at most so many tasks, up to 100', parseIndex, 20)
      .option('--json', 'as JSON, one task a line'),
    {
      'spoold search socket': 'every task that has the word',
      'spoold search \'"connection pool" timeout*\' --since 7d': 'words together, and a beginning',
    },
  )
    .addHelpText('after', '\nNothing found is told with exit code 1.')
    .action(search)
}

async function search(words: string[], options: SearchOptions, command: Command): Promise<void> {
  const { withDaemon } = await import('../daemon/daemon-client.js')
  const found = await withDaemon(globalsOf(command), (client) =>
    client.search({
      query: words.join(' '),
      session_id: options.session,
      agent: options.agent,
      since_seconds: inSeconds(options.since),
      limit: options.limit,
      max_bytes: 1_000_000,
    }),
  )
  if (options.json) {
    const { printJsonLines } = await import('../terminal/json.js')
    printJsonLines(found.matches)
  } else {
    const { matchCards } = await import('./matches.js')
    const { painterFor } = await import('../terminal/colour.js')
    const { terminalWidth } = await import('../terminal/width.js')
    const { stdout } = process
    const columns = terminalWidth(stdout)
    printRaw(matchCards(found.matches, { now: Date.now(), columns, paint: painterFor(stdout) }))
  }
  const { formatCount } = await import('../terminal/units.js')
  if (found.found_count > found.count)
    printError(`Found in ${formatCount(found.found_count, 'task')}; --limit tells more of them.\n`)
  if (found.waiting_count > 0)
    printError(`${formatCount(found.waiting_count, 'task')} not searchable yet; spoold is at it.\n`)
  if (found.found_count > 0) return
  warn('nothing was found')
  throw new ExitWith(EXIT.failed)
}
