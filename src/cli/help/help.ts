import type { Command } from 'commander'
import { addExamples } from './examples.js'
import { childNamed, visibleChildren } from './find-command.js'

/** Commander's own `help` prints the general help for a name that is none, and knows no command below another. */
export function addHelp(program: Command): void {
  addExamples(
    program
      .command('help')
      .description('tell how a command is used')
      .argument('[command...]', 'one of those that spoold help lists; what is below it, too')
      .action(async (names: string[]) => {
        let command = program
        for (const name of names) {
          const child = childNamed(command, name)
          if (child === undefined) return refuse(command, name)
          command = child
        }
        command.help()
      }),
    { 'spoold help': 'all commands', 'spoold help tail': 'one of them' },
  )
}

async function refuse(command: Command, name: string): Promise<never> {
  const { meant } = await import('./usage-sentence.js')
  const names = visibleChildren(command).map((child) => child.name())
  return command.error(`error: unknown command '${name}'${meant(name, names)}`)
}
