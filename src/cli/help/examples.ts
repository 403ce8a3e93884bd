import type { Command } from 'commander'

const TITLE = '\nExamples:\n'

/**
 * What a command's help ends with, for `addHelpText('after', …)`: command lines as they are typed into a shell, each with
 * what it does.
 */
export function examples(lines: Readonly<Record<string, string>>): string {
  const told = Object.entries(lines)
  const width = Math.max(...told.map(([line]) => line.length))
  return `${TITLE}${told.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`).join('\n')}`
}

export interface Example {
  line: string
  does: string
}

/** The examples that a command's help shows; none where it has none. */
export function examplesOf(command: Command): Example[] {
  const [, told = ''] = helpOf(command).split(TITLE)
  return told
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => {
      const [typed = '', does = ''] = line.trim().split(/ {2,}/)
      return { line: typed, does }
    })
}

/** A command's whole help, with what was added to it. */
function helpOf(command: Command): string {
  let text = ''
  const usual = { ...command.configureOutput() }
  command.configureOutput({
    writeOut: (piece) => {
      text += piece
    },
  })
  command.outputHelp()
  command.configureOutput(usual)
  return text
}
