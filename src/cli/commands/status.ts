import type { Command } from 'commander'
import { EXIT, ExitWith } from '../errors.js'
import { globalsOf } from '../globals.js'
import { examples } from '../help/examples.js'
import { say } from '../say.js'

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('tell whether the daemon runs and what it does (starts none)')
    .option('--json', 'as JSON')
    .action(status)
    .addHelpText('after', examples({ 'spoold status': 'for people', 'spoold status --json': 'for programs' }))
}

async function status(options: { json?: boolean }, command: Command): Promise<void> {
  const { runningDaemon, withRunningDaemon } = await import('../daemon-process.js')
  const { printJson } = await import('../render/json.js')
  const globals = globalsOf(command)
  const { root } = globals.paths
  const daemon = await runningDaemon(globals.paths)
  if (daemon === undefined) {
    if (options.json) printJson({ running: false, state_directory: root })
    else say(`No daemon runs for ${root}: spoold start\n`)
    throw new ExitWith(EXIT.unreachable)
  }
  const { allTasks } = await import('../task-lists.js')
  const tasks = await withRunningDaemon(globals, daemon, (client) => allTasks(client, {}))
  const pending = tasks.filter((task) => task.status === 'pending').length
  const { pid, url, version, started_at } = daemon
  if (options.json) {
    printJson({
      running: true,
      pid,
      url,
      version,
      started_at,
      state_directory: root,
      running_tasks: tasks.length - pending,
      pending_tasks: pending,
    })
    return
  }
  const { formatAge } = await import('../render/units.js')
  say(
    [
      `spoold ${version}, pid ${pid}, started ${formatAge(Date.parse(started_at), Date.now())}`,
      `endpoint   ${url}`,
      `state      ${root}`,
      `tasks      ${tasks.length - pending} running, ${pending} waiting`,
      '',
    ].join('\n'),
  )
}
