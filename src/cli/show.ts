import type { Command } from 'commander'
import { findTask, TASK_ARGUMENT } from './find-task.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

/** Maximum text shown; `spoold tail` prints all of it. */
const TEXT_BYTES = 64 * 1024

export function addShow(program: Command): void {
  addExamples(
    program
      .command('show')
      .description('Show everything about a task, with the start of its text')
      .argument('<id>', TASK_ARGUMENT)
      .option('--json', 'Print JSON')
      .action(show),
    { 'spoold show @last': 'Show the newest task' },
  )
}

async function show(id: string, options: { json?: boolean }, command: Command): Promise<void> {
  const { withDaemon } = await import('./daemon/daemon-client.js')
  const task = await withDaemon(globalsOf(command), (client) => findTask(client, id, TEXT_BYTES))
  if (options.json) {
    const { printJson } = await import('./terminal/json.js')
    printJson(task)
    return
  }
  const { formatTask } = await import('./terminal/task.js')
  print(formatTask(task, Date.now()))
}
