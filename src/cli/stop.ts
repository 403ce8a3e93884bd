import type { Command } from 'commander'
import type { DaemonFile } from '../state/daemon-file.js'
import type { Globals } from './global-options.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addStop(program: Command): void {
  addExamples(
    program
      .command('stop')
      .description('Stop the daemon; running tasks continue, and the next daemon adopts them')
      .option('--cancel-tasks', 'Cancel all active tasks first')
      .action(async (options: { cancelTasks?: boolean }, command: Command) => {
        const globals = globalsOf(command)
        const stopped = await stopDaemon(globals, options.cancelTasks === true)
        if (stopped === undefined) print(`No daemon is running for ${globals.paths.root}.\n`)
      }),
    { 'spoold stop': 'Stop the daemon only', 'spoold stop --cancel-tasks': 'Stop the tasks too' },
  )
}

/** Stops the daemon of the state directory and prints the result. Undefined if none is running. */
export async function stopDaemon(globals: Globals, cancelTasks: boolean): Promise<DaemonFile | undefined> {
  const { endDaemon, runningDaemon, withRunningDaemon } = await import('./daemon/daemon-process.js')
  const { formatCount } = await import('./terminal/units.js')
  const { allTasks, cancelAll } = await import('./task-lists.js')
  const daemon = await runningDaemon(globals.paths)
  if (daemon === undefined) return undefined
  const left = await withRunningDaemon(globals, daemon, async (client) => {
    if (cancelTasks) {
      const count = await cancelAll(client)
      print(`${formatCount(count, 'task')} cancelled.\n`)
    }
    return (await allTasks(client, {})).length
  })
  await endDaemon(globals.paths, daemon)
  const continuing =
    left === 1
      ? '1 active task continues; the next daemon adopts it.'
      : `${left} active tasks continue; the next daemon adopts them.`
  print(`Daemon stopped (pid ${daemon.pid}). ${left === 0 ? 'No task was active.' : continuing}\n`)
  return daemon
}
