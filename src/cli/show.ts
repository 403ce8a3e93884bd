import type { Command } from 'commander'
import { findTask, TASK_WORD } from './find-task.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

/** How much of the text is shown; `spoold tail` shows all of it. */
const TEXT_BYTES = 64 * 1024

export function addShow(program: Command): void {
  addExamples(
    program
      .command('show')
      .description('tell all about a task, with the beginning of its text')
      .argument('<id>', TASK_WORD)
      .option('--json', 'as JSON')
      .action(show),
    { 'spoold show @last': 'the task that was created last' },
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
  const { taskCard } = await import('./terminal/task.js')
  print(taskCard(task, Date.now()))
}
