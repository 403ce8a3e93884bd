import type { Command } from 'commander'
import type { DaemonFile } from '../../state/daemon-file.js'
import type { Globals } from '../globals.js'
import { globalsOf } from '../globals.js'

export function addStop(program: Command): void {
  program
    .command('stop')
    .description('end the daemon; running tasks go on, and the next daemon takes their output')
    .option('--cancel-tasks', 'cancel all active tasks first')
    .action(async (options: { cancelTasks?: boolean }, command: Command) => {
      const globals = globalsOf(command)
      const stopped = await stopDaemon(globals, options.cancelTasks === true)
      if (stopped === undefined) process.stdout.write(`No daemon runs for ${globals.paths.root}.\n`)
    })
}

/** Ends the daemon of the state directory, and says so. Undefined where none runs. */
export async function stopDaemon(globals: Globals, cancelTasks: boolean): Promise<DaemonFile | undefined> {
  const { endDaemon, runningDaemon, withRunningDaemon } = await import('../daemon-process.js')
  const { allTasks, cancelAll } = await import('../task-lists.js')
  const daemon = await runningDaemon(globals.paths)
  if (daemon === undefined) return undefined
  const left = await withRunningDaemon(globals, daemon, async (client) => {
    if (cancelTasks) {
      const count = await cancelAll(client)
      process.stdout.write(`${count} ${count === 1 ? 'task' : 'tasks'} cancelled.\n`)
    }
    return (await allTasks(client, {})).length
  })
  await endDaemon(globals.paths, daemon)
  const goOn = left === 1 ? '1 active task survives' : `${left} active tasks survive`
  process.stdout.write(
    `Daemon stopped (pid ${daemon.pid}). ${left === 0 ? 'No task was active.' : `${goOn}: the next daemon goes on with it.`}\n`,
  )
  return daemon
}
