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
      .description('Find tasks by words in their messages and output, best match first')
      .argument('<words...>', 'Words that must all occur; "quoted phrases", and prefix* for a prefix')
      .option('-s, --session <id>', 'Only tasks of this session')
      .option('--agent <name>', 'Only tasks of this agent')
      .option('--since <time>', 'Only tasks created within this time, such as 7d', parseDuration)
      .option('--limit <n>', 'Maximum number of tasks (up to 100)', parseIndex, 20)
      .option('--json', 'Print JSON, one task per line'),
    {
      'spoold search socket': 'Find all tasks with this word',
      'spoold search \'"connection pool" timeout*\' --since 7d': 'Find a phrase and a prefix',
    },
  )
    .addHelpText('after', '\nThe exit code is 1 if nothing is found.')
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
    printError(`Found in ${formatCount(found.found_count, 'task')}; --limit shows more.\n`)
  if (found.waiting_count > 0) printError(`${formatCount(found.waiting_count, 'task')} not indexed yet.\n`)
  if (found.found_count > 0) return
  warn('nothing found')
  throw new ExitWith(EXIT.failed)
}
