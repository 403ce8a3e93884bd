import type { Command } from 'commander'

export interface Example {
  /** A command line as it is typed into a shell. */
  line: string
  does: string
}

const EXAMPLES = new WeakMap<Command, readonly Example[]>()

/** Adds examples to the help of a command. `lines`: command line → what it does. */
export function addExamples(command: Command, lines: Readonly<Record<string, string>>): Command {
  const examples = Object.entries(lines).map(([line, does]) => ({ line, does }))
  EXAMPLES.set(command, examples)
  return command.addHelpText('after', () => `\nExamples:\n${render(examples)}`)
}

/** The examples of a command, for the manual page. */
export function examplesOf(command: Command): readonly Example[] {
  return EXAMPLES.get(command) ?? []
}

function render(examples: readonly Example[]): string {
  const width = Math.max(...examples.map(({ line }) => line.length))
  return examples.map(({ line, does }) => `  ${line.padEnd(width)}  ${does}`).join('\n')
}
