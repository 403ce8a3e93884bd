import type { Command } from 'commander'

/** Commander's own `help` prints the general help for a name that is none, and does not say so. */
export function addHelp(program: Command): void {
  program
    .command('help')
    .description('tell how a command is used')
    .argument('[command...]', 'one of those that spoold help lists')
    .action((names: string[]) => {
      let command: Command | undefined = program
      for (const name of names) command = command?.commands.find((known) => known.name() === name)
      if (command === undefined) program.error(`error: unknown command '${names.join(' ')}'`)
      command.help()
    })
}
