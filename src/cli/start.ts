import type { Command } from 'commander'
import { parsePort } from './arguments.js'
import { globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { print } from './terminal/print.js'

export function addStart(program: Command): void {
  addExamples(
    program
      .command('start')
      .description('Start the daemon in the background, if it is not running')
      .option('-p, --port <port>', 'Port to listen on; 0 picks a free one', parsePort)
      .option('--host <address>', 'Address to listen on')
      .action(start),
    {
      'spoold start': 'Start on the configured port',
      'spoold start --port 0': 'Start on a free port',
    },
  )
}

async function start(options: { port?: number; host?: string }, command: Command): Promise<void> {
  const { runningDaemon } = await import('./daemon/daemon-process.js')
  const { launchDaemon } = await import('./daemon/launch-daemon.js')
  const globals = globalsOf(command)
  const running = await runningDaemon(globals.paths)
  if (running !== undefined) {
    print(`spoold ${running.version} is already running: pid ${running.pid}, ${running.url}\n`)
    return
  }
  const { ownService } = await import('./service/own-service.js')
  const isPlain = [options.port, options.host, globals.configFile].every((given) => given === undefined)
  const own = isPlain ? await ownService(globals) : undefined
  if (own?.state.isEnabled) {
    const { startOwnService } = await import('./service/start-own-service.js')
    await startOwnService(globals, own)
    return
  }
  const daemon = await launchDaemon(globals, options)
  print(`spoold ${daemon.version} started: pid ${daemon.pid}, ${daemon.url}\n`)
}
