import type { Command } from 'commander'
import { addExamples } from './examples.js'
import { childNamed, visibleChildren } from './find-command.js'

/** Commander's own `help` ignores unknown names and subcommands. */
export function addHelp(program: Command): void {
  addExamples(
    program
      .command('help')
      .description('Show the help of a command')
      .argument('[command...]', 'The command, with its subcommand if it has any')
      .action(async (names: string[]) => {
        let command = program
        for (const name of names) {
          const child = childNamed(command, name)
          if (child === undefined) return failUnknownCommand(command, name)
          command = child
        }
        command.help()
      }),
    { 'spoold help': 'List all commands', 'spoold help tail': 'Show the help of one command' },
  )
}

async function failUnknownCommand(command: Command, name: string): Promise<never> {
  const { suggestion } = await import('./usage-sentence.js')
  const names = visibleChildren(command).map((child) => child.name())
  return command.error(`error: unknown command '${name}'${suggestion(name, names)}`)
}
