import type { Command } from 'commander'
import { Option } from 'commander'
import { TASK_STATUSES, type TaskStatus } from '../domain/task.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { printError, printRaw } from './terminal/print.js'

interface LsOptions {
  all?: boolean
  session?: string
  status?: TaskStatus
  json?: boolean
}

export function addLs(program: Command): void {
  addExamples(
    program
      .command('ls')
      .description('List active tasks, newest first (--all adds ended ones)')
      .option('-a, --all', 'Include ended tasks')
      .option('-s, --session <id>', 'Only tasks of this session')
      .addOption(new Option('--status <status>', 'Only tasks with this status').choices(TASK_STATUSES))
      .option('--json', 'Print JSON, one task per line')
      .action(ls),
    {
      'spoold ls': 'List running and waiting tasks',
      'spoold ls --all': 'List all tasks',
      'spoold ls --status failed --json': 'List failed tasks for a program',
    },
  )
}

async function ls(options: LsOptions, command: Command): Promise<void> {
  const { withDaemon } = await import('./daemon/daemon-client.js')
  const { allTasks } = await import('./task-lists.js')
  const tasks = await withDaemon(globalsOf(command), (client) =>
    allTasks(client, {
      session_id: options.session,
      status: options.status,
      include_done: options.all === true || options.status !== undefined,
    }),
  )
  if (options.json) {
    const { printJsonLines } = await import('./terminal/json.js')
    printJsonLines(tasks)
    return
  }
  if (tasks.length === 0) {
    const isFiltered = options.all || options.status !== undefined
    printError(isFiltered ? 'No tasks.\n' : 'No active tasks; spoold ls --all lists ended ones too.\n')
    return
  }
  const { taskTable } = await import('./terminal/task-table.js')
  const { painterFor } = await import('./terminal/colour.js')
  const { terminalWidth } = await import('./terminal/width.js')
  const { stdout } = process
  const columns = terminalWidth(stdout)
  printRaw(taskTable(tasks, { now: Date.now(), columns, paint: painterFor(stdout) }))
}
