import type { Command } from 'commander'
import { cleanForTerminal, oneLine } from './render/clean-text.js'

/** Makes what commander prints clean, and its complaints one sentence of ours that ends with where to look. */
export function speakForCommander(command: Command, help = 'spoold help'): void {
  command.configureOutput({
    writeOut: (text) => process.stdout.write(cleanForTerminal(text)),
    writeErr: (text) => process.stderr.write(cleanForTerminal(text)),
    outputError: (text, write) => write(`${usageSentence(text, help)}\n`),
  })
  for (const deeper of command.commands) speakForCommander(deeper, `${help} ${deeper.name()}`)
}

function usageSentence(text: string, help: string): string {
  const sentence = oneLine(text)
    .replace(/^error: /, 'spoold: ')
    .replace(/\.$/, '')
  return `${sentence}; see ${help}`
}
