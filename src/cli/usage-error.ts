import type { Command } from 'commander'
import { cleanForTerminal, oneLine } from './render/clean-text.js'

/** Makes what commander prints clean, and its complaints one sentence of ours that ends with where to look. */
export function speakForCommander(program: Command): void {
  for (const command of [program, ...program.commands]) {
    const help = command === program ? 'spoold help' : `spoold help ${command.name()}`
    command.configureOutput({
      writeOut: (text) => process.stdout.write(cleanForTerminal(text)),
      writeErr: (text) => process.stderr.write(cleanForTerminal(text)),
      outputError: (text, write) => write(`${usageSentence(text, help)}\n`),
    })
  }
}

function usageSentence(text: string, help: string): string {
  const sentence = oneLine(text)
    .replace(/^error: /, 'spoold: ')
    .replace(/\.$/, '')
  return `${sentence}; see ${help}`
}
