import type { Command } from 'commander'
import { EXIT, ExitWith } from './errors.js'
import { type Globals, globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addStatus(program: Command): void {
  addExamples(
    program
      .command('status')
      .description('tell whether the daemon runs and what it does (starts none)')
      .option('--json', 'as JSON')
      .action(status),
    { 'spoold status': 'for people', 'spoold status --json': 'for programs' },
  )
}

async function status(options: { json?: boolean }, command: Command): Promise<void> {
  const daemon = await lookAtDaemon(globalsOf(command))
  if (options.json) (await import('./terminal/json.js')).printJson(daemon)
  else await tellDaemon(daemon)
  if (!daemon.running) throw new ExitWith(EXIT.unreachable)
}

/** The daemon of a state directory, as `--json` tells of it. */
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

/** Throws SpoolError `daemon_unreachable` where it does not answer. */
export async function lookAtDaemon(globals: Globals): Promise<DaemonStatus> {
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

/** The same for people. */
export async function tellDaemon(daemon: DaemonStatus): Promise<void> {
  if (!daemon.running) {
    print(`No daemon runs for ${daemon.state_directory}: spoold start\n`)
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
