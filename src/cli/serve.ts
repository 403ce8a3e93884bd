import { type Command, Option } from 'commander'
import { parsePort } from './arguments.js'
import { type Globals, globalsOf } from './global-options.js'
import { addExamples } from './help/examples.js'
import { warn } from './terminal/print.js'

export function addServe(program: Command): void {
  addExamples(
    program
      .command('serve')
      .description('Run the daemon in the foreground')
      .option('-p, --port <port>', 'Port to listen on; 0 picks a free one', parsePort)
      .option('--host <address>', 'Address to listen on')
      .addOption(new Option('--log-file <file>', 'Append the log to this file').hideHelp())
      .action(serve),
    {
      'spoold serve': 'Run until Ctrl-C',
      'spoold serve --port 0 --state-dir /tmp/try': 'Run a second daemon',
    },
  )
}

interface ServeOptions {
  port?: number
  host?: string
  logFile?: string
}

async function serve(options: ServeOptions, command: Command): Promise<void> {
  const globals = globalsOf(command)
  try {
    await serveUntilSignal(globals, options)
  } catch (error) {
    if (options.logFile !== undefined) {
      const { logServeFailure } = await import('./serve-failure.js')
      await logServeFailure(options.logFile, error)
    }
    throw error
  }
}

/** Resolves after a signal has closed the daemon. */
async function serveUntilSignal(globals: Globals, { port, host, logFile }: ServeOptions): Promise<void> {
  const { settingsOf } = await import('./settings.js')
  const { openDaemon } = await import('../daemon/daemon.js')
  const { onEndSignal } = await import('../daemon/signals.js')
  const { settings } = settingsOf(globals, { port, host })

  let end = (_signal: string) => {}
  const ended = new Promise<string>((resolve) => {
    end = resolve
  })
  // Before the daemon opens, so that a signal during a slow start is not missed.
  const removeListeners = onEndSignal((signal) => end(signal))
  try {
    const daemon = await openDaemon({
      stateDirectory: globals.paths.root,
      settings,
      logFile: logFile ?? null,
    })
    if (logFile === undefined) warn(`listening on ${daemon.url}, state in ${globals.paths.root}`)
    await ended
    await daemon.close()
  } finally {
    removeListeners()
  }
}
