import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { explainFailure } from '../../../src/cli/errors.js'
import { addHelp } from '../../../src/cli/help/help.js'
import { handleCommanderOutput } from '../../../src/cli/usage-error.js'
import { nearest } from '../../../src/domain/nearest.js'
import { startDaemonProcess } from '../../helpers/daemon-process.js'
import { runCli } from '../../helpers/run-cli.js'
import { tempState } from '../../helpers/temp-state.js'

describe('a mistyped word gets a suggestion, in one line, and exit code 2', () => {
  test.each<[string, string[], string]>([
    ['a command', ['tial'], "unknown command 'tial' (Did you mean tail?); see spoold help"],
    ['a command in help', ['help', 'tial'], "unknown command 'tial' (Did you mean tail?); see spoold help"],
    [
      'an option',
      ['ls', '--stauts', 'failed'],
      "unknown option '--stauts' (Did you mean --status?); see spoold help ls",
    ],
    [
      'an option of all commands',
      ['ls', '--state-dri', '/x'],
      '(Did you mean --state-dir?); see spoold help ls',
    ],
    [
      'a value of an option',
      ['ls', '--status', 'complted'],
      "unknown value 'complted' (Did you mean completed?); choose from",
    ],
    [
      'a value of an argument',
      ['completion', 'bsh'],
      "unknown shell 'bsh' (Did you mean bash?); choose from bash, zsh, fish; see spoold help completion",
    ],
    ['a code of an error', ['explain', 'storage_ful'], '(Did you mean storage_full?)'],
  ])('%s', async (_case, args, sentence) => {
    const { code, stdout, stderr } = await runCli(args, { stateDirectory: tempState() })
    expect(stderr).toContain(sentence)
    expect(stderr).toMatch(/^spoold: [^\n]*\n$/)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  test('the place of a task, and an agent', async () => {
    const stateDirectory = tempState()
    await startDaemonProcess({ stateDirectory })
    const place = await runCli(['show', '@lst'], { stateDirectory })
    expect(place).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('@lst does not name a task (did you mean @last?)'),
    })
    const agent = await runCli(['run', '--agent', 'kirp', 'hello'], { stateDirectory })
    expect(agent.stderr).toMatch(/^spoold: [^\n]*"kirp" \(did you mean kiro\?\)[^\n]*\(agent_unknown\)\n$/)
    expect(agent.code).toBe(2)
  })

  test('a word that is far from all is answered without a guess', async () => {
    const { stderr } = await runCli(['explain', 'weather'], { stateDirectory: tempState() })
    expect(stderr).not.toMatch(/did you mean/i)
    expect(nearest('xy', ['ls', 'run'])).toBeUndefined()
    expect(nearest('', ['ls'])).toBeUndefined()
  })
})

describe('commands below a command', () => {
  async function say(...words: string[]): Promise<string> {
    const program = new Command('spoold').exitOverride().helpCommand(false)
    program
      .command('car')
      .command('install')
      .description('put it in')
      .action(() => {})
    addHelp(program)
    let text = ''
    const append = (piece: string) => {
      text += piece
    }
    handleCommanderOutput(program)
    for (const command of [
      program,
      ...program.commands,
      ...program.commands.flatMap((one) => one.commands),
    ]) {
      command.configureOutput({ writeOut: append })
    }
    const failure = await program.parseAsync(words, { from: 'user' }).catch((error: unknown) => error)
    return text + ((await explainFailure(failure)).sentence ?? '')
  }

  test('have their own help, and are guessed too', async () => {
    expect(await say('help', 'car', 'install')).toMatch(/^Usage: spoold car install/)
    expect(await say('help', 'car', 'instal')).toBe(
      "unknown command 'instal' (Did you mean install?); see spoold help car",
    )
    expect(await say('car', 'instal')).toBe(
      "unknown command 'instal' (Did you mean install?); see spoold help car",
    )
    expect(await say('car', 'install', '--x')).toMatch(/; see spoold help car install$/)
  })
})
