import type { Command } from 'commander'

/** All commands and subcommands, depth first, in the order of the help. */
export function allCommands(program: Command): Command[] {
  return program.commands.flatMap((command) => [command, ...allCommands(command)])
}

/** The words that name a command, without `spoold`: `service install`. */
export function pathOf(command: Command): string {
  const names: string[] = []
  for (let one: Command | null = command; one?.parent; one = one.parent) names.unshift(one.name())
  return names.join(' ')
}

/** A subcommand by its name; undefined if there is none. */
export function childNamed(command: Command, name: string): Command | undefined {
  return command.commands.find((child) => child.name() === name || child.aliases().includes(name))
}

/** The subcommands that the help lists. */
export function visibleChildren(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => command.commands.includes(child))
}
