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
      .description('end the daemon; running tasks go on, and the next daemon takes their output')
      .option('--cancel-tasks', 'cancel all active tasks first')
      .action(async (options: { cancelTasks?: boolean }, command: Command) => {
        const globals = globalsOf(command)
        const stopped = await stopDaemon(globals, options.cancelTasks === true)
        if (stopped === undefined) print(`No daemon runs for ${globals.paths.root}.\n`)
      }),
    { 'spoold stop': 'tasks go on', 'spoold stop --cancel-tasks': 'tasks end, too' },
  )
}

/** Ends the daemon of the state directory, and says so. Undefined where none runs. */
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
  const survivors =
    left === 1
      ? '1 active task survives: the next daemon goes on with it.'
      : `${left} active tasks survive: the next daemon goes on with them.`
  print(`Daemon stopped (pid ${daemon.pid}). ${left === 0 ? 'No task was active.' : survivors}\n`)
  return daemon
}
