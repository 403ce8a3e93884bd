import type { Command } from 'commander'
import { toDisplayText } from '../domain/text.js'
import { allCommands, pathOf } from './help/find-command.js'

/** What commander complains of, and the command whose line it was. */
export class UsageError extends Error {
  readonly command: Command

  constructor(complaint: string, command: Command) {
    super(complaint)
    this.command = command
  }

  /** Where the right usage stands. */
  get help(): string {
    return `spoold help ${pathOf(this.command)}`.trimEnd()
  }
}

/** Makes what commander prints clean, and its complaints errors of ours, which are told like every other. */
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
