import type { Command } from 'commander'
import { SpoolError } from '../../domain/errors.js'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'
import { keysText } from './keys.js'

export function addTop(program: Command): void {
  addExamples(
    program
      .command('top')
      .description('Watch tasks in a live full-screen table, with keys to follow and cancel them')
      .addHelpText('after', () => `\nKeys:\n${keysText()}\nIn scripts use spoold ls --json.`),
    { 'spoold top': 'Watch tasks; q quits and stops no task' },
  ).action(top)
}

async function top(_options: object, command: Command): Promise<void> {
  assertTerminal()
  const { withDaemon } = await import('../daemon/daemon-client.js')
  const { runTop } = await import('./run-top.js')
  const globals = globalsOf(command)
  await withDaemon(globals, (client) => runTop(client, globals))
}

function assertTerminal(): void {
  const { stdin, stdout, env } = process
  if (stdin.isTTY && stdout.isTTY && env.TERM !== 'dumb') return
  throw new SpoolError(
    'invalid_input',
    'spoold top needs a terminal: use spoold ls, or spoold ls --json in a script.',
  )
}
