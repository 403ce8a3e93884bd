import type { Command } from 'commander'
import { toDisplayText } from '../domain/text.js'
import { allCommands, pathOf } from './help/find-command.js'

/** An error of commander, with the command that it is about. */
export class UsageError extends Error {
  readonly command: Command

  constructor(message: string, command: Command) {
    super(message)
    this.command = command
  }

  /** The command that shows the usage. */
  get help(): string {
    return `spoold help ${pathOf(this.command)}`.trimEnd()
  }
}

/** Cleans the output of commander, and throws its errors as UsageErrors, which are printed like every other error. */
export function handleCommanderOutput(program: Command): void {
  for (const command of [program, ...allCommands(program)]) {
    command.configureOutput({
      writeOut: (text) => process.stdout.write(toDisplayText(text)),
      writeErr: (text) => process.stderr.write(toDisplayText(text)),
      outputError: (text) => {
        throw new UsageError(text, command)
      },
    })
  }
}
