import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import { VERSION } from '../../config/version.js'
import { examplesOf } from '../help/examples.js'
import { pathOf, visibleChildren } from '../help/find-command.js'
import { buildProgram } from '../program.js'
import { bold, roff, section, terms } from './roff.js'
import { ENVIRONMENT, EXIT_CODES, FILES, INTRODUCTION, SEE_ALSO } from './words.js'

/** man/spoold.1: the help of all commands as one page for man(1), in the macros of man(7). */
export function manPage(program: Command, version: string): string {
  const help = program.createHelp()
  const lines = [
    '.\\" Generated from the help of the commands by npm run pages.',
    `.TH SPOOLD 1 "" "spoold ${roff(version)}" "User Commands"`,
    ...section('NAME', 'spoold \\- runs long AI\\-agent tasks for MCP clients'),
    ...section('SYNOPSIS', `${bold('spoold')} [\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]`),
    ...section(
      'DESCRIPTION',
      roff(`${program.description()}.`),
      ...INTRODUCTION.flatMap((text) => ['.PP', roff(text)]),
    ),
    ...section('OPTIONS', ...optionLines(program)),
    ...section('COMMANDS', ...visibleChildren(program).flatMap(commandLines)),
    ...section('EXIT STATUS', ...terms(EXIT_CODES)),
    ...section('ENVIRONMENT', ...terms(ENVIRONMENT)),
    ...section('FILES', ...terms(FILES)),
    ...section('SEE ALSO', roff(SEE_ALSO)),
  ]
  return `${lines.join('\n')}\n`

  function commandLines(command: Command): string[] {
    const children = visibleChildren(command)
    const lines = [
      `.SS ${roff(`spoold ${pathOf(command)} ${command.usage()}`)}`,
      roff(`${command.description()}.`),
      ...terms(
        help
          .visibleArguments(command)
          .map((argument) => [help.argumentTerm(argument), help.argumentDescription(argument)]),
      ),
      ...optionLines(command),
      ...exampleLines(command),
    ]
    return [...lines, ...children.flatMap(commandLines)]
  }

  function optionLines(command: Command): string[] {
    return terms(
      help
        .visibleOptions(command)
        .filter(({ long }) => command === program || long !== '--help')
        .map((option) => [help.optionTerm(option), help.optionDescription(option)]),
    )
  }
}

function exampleLines(command: Command): string[] {
  const examples = examplesOf(command)
  if (examples.length === 0) return []
  return ['.PP', 'Examples:', ...examples.flatMap(({ line, does }) => ['.TP', bold(line), roff(does)])]
}

/** `node dist/src/cli/man/page.js FILE` writes it (npm run pages). */
const [, script, file] = process.argv
if (script !== undefined && file !== undefined && import.meta.url === pathToFileURL(script).href) {
  writeFileSync(file, manPage(await buildProgram(VERSION), VERSION))
}
