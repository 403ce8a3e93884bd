import type { Command } from 'commander'
import { parseIndex } from '../arguments.js'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import type { InstallOptions } from './install.js'
import type { LogsOptions } from './logs.js'

export function addService(program: Command): void {
  const service = program
    .command('service')
    .description('have the daemon run by systemd or launchd, so that it is always there')
    .helpCommand(false)
  addExamples(service, { 'spoold service install': 'from now on the daemon is always there' })
  addExamples(
    service
      .command('install')
      .description(
        'write the service, start it, and let it start by itself from now on; running tasks survive',
      )
      .option('--print', 'print its file and do nothing')
      .option('--force', 'write over a file of that name whoever made it')
      .action(async (options: InstallOptions, command: Command) => {
        const { install } = await import('./install.js')
        const { globals, manager } = await here(command)
        await install(globals, manager, options)
      }),
    {
      'spoold service install': 'from now on the daemon is always there',
      'spoold service install --print': 'only show the file',
    },
  )
  addExamples(
    service
      .command('uninstall')
      .description('end the service and remove it; running tasks and all history stay')
      .action(async (_options: object, command: Command) => {
        const { uninstall } = await import('./uninstall.js')
        const { manager } = await here(command)
        await uninstall(manager)
      }),
    { 'spoold service uninstall': 'tasks and history stay' },
  )
  addExamples(
    service
      .command('status')
      .description('tell whether the service is installed and what it runs')
      .option('--json', 'as JSON')
      .action(async (options: { json?: boolean }, command: Command) => {
        const { status } = await import('./status.js')
        const { globals, manager } = await here(command)
        await status(globals, manager, options.json === true)
      }),
    { 'spoold service status': 'is it there, does it run?' },
  )
  addExamples(
    service
      .command('logs')
      .description("print the end of the daemon's log, whoever started it")
      .option('-n, --lines <number>', 'how many lines', parseIndex, 20)
      .option('-f, --follow', 'go on with what comes, until Ctrl-C')
      .option('--json', 'as JSON, one object a line')
      .action(async (options: LogsOptions, command: Command) => {
        const { logs } = await import('./logs.js')
        await logs(globalsOf(command).paths, options)
      }),
    {
      'spoold service logs -n 100': 'the last 100 lines',
      'spoold service logs --follow': 'as they come',
    },
  )
}

async function here(command: Command) {
  const { ownManager } = await import('./own-manager.js')
  const globals = globalsOf(command)
  return { globals, manager: ownManager(globals.env) }
}
