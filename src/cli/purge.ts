import type { Command } from 'commander'
import { inSeconds, parseDuration } from './arguments.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addPurge(program: Command): void {
  addExamples(
    program
      .command('purge')
      .description('Remove ended tasks that are past their retention')
      .option(
        '--older-than <time>',
        'Remove all tasks that ended at least this long ago, such as 7d',
        parseDuration,
      )
      .option('-n, --dry-run', 'Print what would be removed')
      .option('--json', 'Print JSON')
      .action(purge),
    {
      'spoold purge --dry-run': 'Print what would be removed',
      'spoold purge --older-than 7d': 'Remove everything older than a week',
    },
  )
}

async function purge(
  options: { olderThan?: number; dryRun?: boolean; json?: boolean },
  command: Command,
): Promise<void> {
  const { withDaemon } = await import('./daemon/daemon-client.js')
  const dryRun = options.dryRun === true
  const count = await withDaemon(globalsOf(command), (client) =>
    client.purge({ older_than_seconds: inSeconds(options.olderThan), dry_run: dryRun }),
  )
  if (options.json) {
    const { printJson } = await import('./terminal/json.js')
    printJson(count)
    return
  }
  const { formatCount, formatSize } = await import('./terminal/units.js')
  const verb = dryRun ? 'Would remove' : 'Removed'
  const tasks = formatCount(count.tasks, 'task')
  const chunks = formatCount(count.chunks, 'chunk')
  const sessions = formatCount(count.sessions, 'session')
  print(`${verb} ${tasks} with ${chunks} (${formatSize(count.bytes)}) and ${sessions}.\n`)
}
