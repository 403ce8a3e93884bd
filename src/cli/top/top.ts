import type { Command } from 'commander'
import { SpoolError } from '../../domain/errors.js'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { keysText } from './keys.js'

export function addTop(program: Command): void {
  addExamples(
    program
      .command('top')
      .description('watch what runs: a live table on the whole terminal, with keys to follow and to cancel')
      .addHelpText('after', () => `\nKeys:\n${keysText()}\nFor a script or a pipe: spoold ls --json`),
    { 'spoold top': 'q ends it, and no task with it' },
  ).action(top)
}

async function top(_options: object, command: Command): Promise<void> {
  refuseWithoutTerminal()
  const { withDaemon } = await import('../daemon/daemon-client.js')
  const { runTop } = await import('./run-top.js')
  const globals = globalsOf(command)
  await withDaemon(globals, (client) => runTop(client, globals))
}

function refuseWithoutTerminal(): void {
  const { stdin, stdout, env } = process
  if (stdin.isTTY && stdout.isTTY && env.TERM !== 'dumb') return
  throw new SpoolError(
    'invalid_input',
    'spoold top draws on a terminal, and this is none: use spoold ls, or spoold ls --json in a script.',
  )
}
