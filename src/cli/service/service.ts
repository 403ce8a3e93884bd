import type { Command } from 'commander'
import { parseIndex } from '../arguments.js'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import type { InstallOptions } from './install.js'
import type { LogsOptions } from './logs.js'

export function addService(program: Command): void {
  const service = program
    .command('service')
    .description('Run the daemon as a service of systemd or launchd')
    .helpCommand(false)
  addExamples(service, { 'spoold service install': 'Start the daemon at every login' })
  addExamples(
    service
      .command('install')
      .description('Install, enable and start the service; running tasks continue')
      .option('--print', 'Print the definition instead of installing it')
      .option('--force', 'Replace a file that was not written by spoold')
      .action(async (options: InstallOptions, command: Command) => {
        const { install } = await import('./install.js')
        const { globals, manager } = await contextOf(command)
        await install(globals, manager, options)
      }),
    {
      'spoold service install': 'Start the daemon at every login',
      'spoold service install --print': 'Print the definition',
    },
  )
  addExamples(
    service
      .command('uninstall')
      .description('Stop and remove the service; running tasks continue, and history is kept')
      .action(async (_options: object, command: Command) => {
        const { uninstall } = await import('./uninstall.js')
        const { manager } = await contextOf(command)
        await uninstall(manager)
      }),
    { 'spoold service uninstall': 'Remove the service only' },
  )
  addExamples(
    service
      .command('status')
      .description('Show whether the service is installed and running')
      .option('--json', 'Print JSON')
      .action(async (options: { json?: boolean }, command: Command) => {
        const { status } = await import('./status.js')
        const { globals, manager } = await contextOf(command)
        await status(globals, manager, options.json === true)
      }),
    { 'spoold service status': 'Show the service and the daemon' },
  )
  addExamples(
    service
      .command('logs')
      .description("Print the end of the daemon's log")
      .option('-n, --lines <number>', 'Number of lines', parseIndex, 20)
      .option('-f, --follow', 'Follow the log until Ctrl-C')
      .option('--json', 'Print JSON, one object per line')
      .action(async (options: LogsOptions, command: Command) => {
        const { logs } = await import('./logs.js')
        await logs(globalsOf(command).paths, options)
      }),
    {
      'spoold service logs -n 100': 'Print the last 100 lines',
      'spoold service logs --follow': 'Follow the log',
    },
  )
}

async function contextOf(command: Command) {
  const { selectManager } = await import('./select-manager.js')
  const globals = globalsOf(command)
  return { globals, manager: selectManager(globals.env) }
}
