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
      .description('list tasks, newest first: those that are active')
      .option('-a, --all', 'also those that have ended')
      .option('-s, --session <id>', 'of this session only')
      .addOption(new Option('--status <status>', 'with this status only').choices(TASK_STATUSES))
      .option('--json', 'as JSON, one task a line')
      .action(ls),
    {
      'spoold ls': 'what runs and waits',
      'spoold ls --all': 'what has ended, too',
      'spoold ls --status failed --json': 'for programs',
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
    const more =
      options.all || options.status !== undefined ? '' : ' active; spoold ls --all lists ended ones too'
    printError(`No tasks${more}.\n`)
    return
  }
  const { taskTable } = await import('./terminal/task-table.js')
  const { painterFor } = await import('./terminal/colour.js')
  const { terminalWidth } = await import('./terminal/width.js')
  const { stdout } = process
  const columns = terminalWidth(stdout)
  printRaw(taskTable(tasks, { now: Date.now(), columns, paint: painterFor(stdout) }))
}
