import { type Command, Option } from 'commander'
import { parsePort } from '../arguments.js'
import { globalsOf } from '../globals.js'
import { examples } from '../help/examples.js'
import { warn } from '../say.js'

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the daemon in the foreground')
    .option('-p, --port <port>', 'port to listen on; 0 picks a free one', parsePort)
    .option('--host <address>', 'address to listen on')
    .addOption(new Option('--log-file <file>', 'append the log to this file').hideHelp())
    .action(serve)
    .addHelpText(
      'after',
      examples({
        'spoold serve': 'until Ctrl-C',
        'spoold serve --port 0 --state-dir /tmp/try': 'beside another daemon',
      }),
    )
}

/** Ends when a signal has closed the daemon. */
async function serve(
  options: { port?: number; host?: string; logFile?: string },
  command: Command,
): Promise<void> {
  const { settingsOf } = await import('../settings.js')
  const { openDaemon } = await import('../../daemon/daemon.js')
  const { onEndSignal } = await import('../../daemon/signals.js')
  const globals = globalsOf(command)
  const { settings } = settingsOf(globals, { port: options.port, host: options.host })

  let end = (_signal: string) => {}
  const ended = new Promise<string>((resolve) => {
    end = resolve
  })
  // Before the daemon opens: a signal during a slow start is heard, too.
  const forget = onEndSignal((signal) => end(signal))
  try {
    const daemon = await openDaemon({
      stateDirectory: globals.paths.root,
      settings,
      logFile: options.logFile ?? null,
    })
    if (options.logFile === undefined) {
      warn(`listening on ${daemon.url}, state in ${globals.paths.root}`)
    }
    await ended
    await daemon.close()
  } finally {
    forget()
  }
}
