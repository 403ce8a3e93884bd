import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { examplesOf } from '../../../src/cli/help/examples.js'
import { allCommands, pathOf } from '../../../src/cli/help/find-command.js'
import { buildProgram } from '../../../src/cli/program.js'
import { typedWords } from '../../helpers/typed-words.js'

const PROGRAM = await buildProgram('1.0.0')
const PATHS = commandsOf(PROGRAM).map(pathOf)

/** Those that a person may call and that do something themselves. */
function commandsOf(program: Command): Command[] {
  return allCommands(program).filter((command) => command.name() !== '__complete')
}

/** The path of the command that a command line would run; what commander has against it is thrown. */
async function parsed(words: string[]): Promise<string | undefined> {
  const program = await buildProgram('1.0.0')
  let ran: string | undefined
  for (const command of allCommands(program)) {
    command.action(() => {
      ran = pathOf(command)
    })
  }
  await program.parseAsync(words, { from: 'user' })
  return ran
}

describe.each(PATHS)('spoold help %s', (path) => {
  const command = commandsOf(PROGRAM).find((one) => pathOf(one) === path) as Command

  test('has an example, and the command accepts each example', async () => {
    const examples = examplesOf(command)
    expect(examples).not.toHaveLength(0)
    const ran: (string | undefined)[] = []
    for (const { line, does } of examples) {
      expect(does, line).not.toBe('')
      for (const words of typedWords(line)) ran.push(await parsed(words))
    }
    expect(ran.length).toBeGreaterThanOrEqual(examples.length)
    // A group may show one of the commands below it.
    for (const one of ran) expect(`${one} `).toMatch(new RegExp(`^${path} `))
  })

  test('has examples that fit a terminal of 100 columns', () => {
    for (const line of command.helpInformation().split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    for (const { line, does } of examplesOf(command))
      expect(`  ${line}  ${does}`.length).toBeLessThanOrEqual(100)
  })
})

test('an invalid example is detected', async () => {
  await expect(parsed(['ls', '--nonsense'])).rejects.toThrow('--nonsense')
})
