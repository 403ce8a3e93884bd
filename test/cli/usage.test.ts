import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildProgram, runProgram } from '../../src/cli/program.js'
import { VERSION } from '../../src/config/version.js'
import { runCli } from '../helpers/run-cli.js'
import { tempDirectory, tempState } from '../helpers/temp-state.js'

describe('wrong usage: exit code 2, one sentence, and no daemon is started', () => {
  test.each<[string, string[], RegExp]>([
    [
      'an unknown command',
      ['lst'],
      /^spoold: unknown command 'lst' \(Did you mean ls\?\); see spoold help$/m,
    ],
    ['an unknown option', ['ls', '--al'], /^spoold: unknown option '--al' .*; see spoold help ls$/m],
    ['a missing argument', ['tail'], /^spoold: missing required argument 'id'; see spoold help tail$/m],
    [
      'a status that is none',
      ['ls', '--status', 'done'],
      /unknown value 'done'; choose from pending, running/,
    ],
    ['a time without a unit', ['run', '--ttl', '7', 'hello'], /It must be a time with a unit/],
    [
      'help for what is no command',
      ['help', 'weather'],
      /^spoold: unknown command 'weather'; see spoold help$/m,
    ],
    ['no time at all', ['run', '--ttl', '0s', 'hello'], /'0s' is invalid. It must be longer than 0/],
    ['a time that is none', ['run', '--timeout', 'soon', 'hello'], /It must be a time with a unit/],
    ['an index below 0', ['tail', 'task-1', '--from', '-1'], /It must be a whole number, 0 or more/],
    ['a port that is none', ['start', '--port', '70000'], /It must be a port from 0 to 65535/],
    [
      'a missing config file',
      ['config', '--config', '/nonexistent.json'],
      /\/nonexistent.json .* does not exist/,
    ],
  ])('%s', async (_case, args, sentence) => {
    const stateDirectory = tempState()
    const { code, stdout, stderr } = await runCli(args, { stateDirectory })
    expect(stderr).toMatch(sentence)
    expect(stdout).toBe('')
    expect(code).toBe(2)
    expect((await runCli(['status'], { stateDirectory })).code).toBe(3)
  })

  test.each([
    [['a\u001b]0;pwn\u0007b'], 2],
    [['ls', '--\u009b31mx'], 2],
    [['ls', '--status', '\u001b[31m\u202e'], 2],
    [['help', '\u001b[2J'], 2],
    [['config', '--config', '/no\u001b[2J.json'], 2],
    ...['status', 'stop', 'db', 'config', 'doctor', 'token', 'ls'].map((name): [string[], number] => [
      [name, '--state-dir', '/tmp/a\u001b]0;pwn\u0007b'],
      3,
    ]),
  ])('control characters in %j do not reach the terminal', async (args, exitCode) => {
    const { code, stdout, stderr } = await runCli(args, { stateDirectory: tempState() })
    expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(exitCode)
  })

  test('an invalid config is reported by a command that would start a daemon', async () => {
    const config = join(tempDirectory(), 'config.json')
    writeFileSync(config, '{"maxTask": 5}')
    const { code, stderr } = await runCli(['ls', '--config', config], { stateDirectory: tempState() })
    expect(stderr).toContain(`spoold: The config file ${config} is not valid: "maxTask" is not a setting`)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
  })
})

describe('exit code 3: no daemon can be reached', () => {
  test.each([
    [['--no-spawn'], {}],
    [[], { SPOOLD_NO_SPAWN: '1' }],
  ])('none runs and none may be started (%s %o)', async (flags, env) => {
    const { code, stderr } = await runCli(['ls', ...flags], { stateDirectory: tempState(), env })
    expect(stderr).toMatch(/^spoold: No daemon is running for .*: start it with spoold start/)
    expect(code).toBe(3)
  })

  test('restart without a daemon and with --no-spawn', async () => {
    const stateDirectory = tempState()
    const { code, stderr } = await runCli(['restart', '--no-spawn'], { stateDirectory })
    expect(stderr).toMatch(/^spoold: No daemon is running for .*: start it with spoold start/)
    expect(code).toBe(3)
    expect(existsSync(stateDirectory)).toBe(false)
  })

  test('a file in the place of the spools', async () => {
    const stateDirectory = tempState()
    mkdirSync(stateDirectory, { mode: 0o700 })
    writeFileSync(join(stateDirectory, 'spool'), '')
    const { code, stderr } = await runCli(['serve'], { stateDirectory })
    expect(stderr).toBe(
      `spoold: ${stateDirectory}/spool is not a directory: move it away or use another --state-dir (state_directory_invalid)\n`,
    )
    expect(code).toBe(3)
  })

  test('the state directory is a file', async () => {
    const stateDirectory = join(tempDirectory(), 'state')
    writeFileSync(stateDirectory, '')
    const { code, stderr } = await runCli(['ls'], { stateDirectory })
    expect(stderr).toMatch(/^spoold: .*state/)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(3)
  })

  test('status never starts a daemon', async () => {
    const stateDirectory = tempState()
    const { code, stdout } = await runCli(['status', '--json'], { stateDirectory })
    expect(JSON.parse(stdout)).toEqual({ running: false, state_directory: stateDirectory })
    expect(code).toBe(3)
  })
})

describe('commands without a daemon', () => {
  test('--version, --help, db', async () => {
    const stateDirectory = tempState()
    expect(await runCli(['--version'], { stateDirectory })).toMatchObject({ code: 0, stdout: `${VERSION}\n` })
    expect((await runCli(['--help'], { stateDirectory })).stdout).toContain('Usage: spoold')
    const { stdout } = await runCli(['db'], { stateDirectory })
    expect(stdout).toBe(`${join(stateDirectory, 'spoold.db')}\n`)
  })

  test('token prints the same token each time', async () => {
    const stateDirectory = tempState()
    const first = await runCli(['token'], { stateDirectory })
    expect(first.stdout).toMatch(/^[A-Za-z0-9_-]{43}\n$/)
    expect(await runCli(['token'], { stateDirectory })).toEqual(first)
  })

  test('config shows the source of each setting', async () => {
    const stateDirectory = tempState()
    const home = dirname(stateDirectory)
    mkdirSync(join(home, '.config', 'spoold'), { recursive: true })
    const file = join(home, '.config', 'spoold', 'config.json')
    writeFileSync(file, '{"concurrency": 3}')
    const { stdout, code } = await runCli(['config', '--json'], { stateDirectory })
    expect(JSON.parse(stdout)).toMatchObject({
      settings: { concurrency: 3, port: 0, maxTasks: 100 },
      sources: {
        concurrency: { from: 'file', detail: file },
        port: { from: 'environment', detail: 'SPOOLD_PORT' },
        maxTasks: { from: 'default' },
      },
      state_directory: stateDirectory,
    })
    expect(code).toBe(0)
  })

  test('help of a command', async () => {
    const { code, stdout } = await runCli(['help', 'tail'], { stateDirectory: tempState() })
    expect(stdout).toMatch(/^Usage: spoold tail/)
    expect(code).toBe(0)
  })

  test('stop without a daemon', async () => {
    const { code, stdout } = await runCli(['stop'], { stateDirectory: tempState() })
    expect(stdout).toMatch(/^No daemon is running for /)
    expect(code).toBe(0)
  })
})

test('on Windows it reports in one sentence that it needs WSL', async () => {
  expect(await runProgram(await buildProgram('1.0.0'), ['ls'], 'win32')).toBe(1)
})
