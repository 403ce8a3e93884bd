import type { Command } from 'commander'
import { EXIT, ExitWith } from './errors.js'
import { type Globals, globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addStatus(program: Command): void {
  addExamples(
    program
      .command('status')
      .description('Show whether the daemon is running, and its tasks (never starts it)')
      .option('--json', 'Print JSON')
      .action(status),
    { 'spoold status': 'Show the status', 'spoold status --json': 'Print it for a program' },
  )
}

async function status(options: { json?: boolean }, command: Command): Promise<void> {
  const daemon = await daemonStatus(globalsOf(command))
  if (options.json) (await import('./terminal/json.js')).printJson(daemon)
  else await printStatus(daemon)
  if (!daemon.running) throw new ExitWith(EXIT.unreachable)
}

/** The output of `--json`. */
export type DaemonStatus =
  | { running: false; state_directory: string }
  | {
      running: true
      pid: number
      url: string
      version: string
      /** ISO 8601. */
      started_at: string
      state_directory: string
      running_tasks: number
      pending_tasks: number
    }

/** Throws SpoolError `daemon_unreachable` if it does not respond. */
export async function daemonStatus(globals: Globals): Promise<DaemonStatus> {
  const { runningDaemon, withRunningDaemon } = await import('./daemon/daemon-process.js')
  const { root } = globals.paths
  const daemon = await runningDaemon(globals.paths)
  if (daemon === undefined) return { running: false, state_directory: root }
  const { allTasks } = await import('./task-lists.js')
  const tasks = await withRunningDaemon(globals, daemon, (client) => allTasks(client, {}))
  const pending = tasks.filter((task) => task.status === 'pending').length
  const { pid, url, version, started_at } = daemon
  return {
    running: true,
    pid,
    url,
    version,
    started_at,
    state_directory: root,
    running_tasks: tasks.length - pending,
    pending_tasks: pending,
  }
}

/** Prints the status for a person. */
export async function printStatus(daemon: DaemonStatus): Promise<void> {
  if (!daemon.running) {
    print(`No daemon is running for ${daemon.state_directory}; start one with spoold start.\n`)
    return
  }
  const { formatAge } = await import('./terminal/units.js')
  print(
    [
      `spoold ${daemon.version}, pid ${daemon.pid}, started ${formatAge(Date.parse(daemon.started_at), Date.now())}`,
      `endpoint   ${daemon.url}`,
      `state      ${daemon.state_directory}`,
      `tasks      ${daemon.running_tasks} running, ${daemon.pending_tasks} waiting`,
      '',
    ].join('\n'),
  )
}
