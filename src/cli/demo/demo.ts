import type { Command } from 'commander'
import { EXIT, ExitWith } from '../errors.js'
import { globalsOf } from '../global-options.js'
import { addExamples } from '../help/examples.js'

export function addDemo(program: Command): void {
  addExamples(
    program
      .command('demo')
      .description('start a task, kill the daemon in the middle, and go on from the same chunk')
      .option('-a, --agent <name>', 'with this agent of your own config, instead of a command that counts')
      .option(
        '-m, --message <text>',
        'what to ask the agent',
        'Count from 1 to 30, one number and one word a line.',
      )
      .action(demo),
    {
      'spoold demo': 'with a command that counts',
      'spoold demo --agent claude': 'with an agent of your own',
    },
  )
}

async function demo(options: { agent?: string; message: string }, command: Command): Promise<void> {
  const { runDemo } = await import('./scenario.js')
  const sound = await runDemo(globalsOf(command), options)
  if (!sound) throw new ExitWith(EXIT.failed)
}
