import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandAdapter, execAdapter } from '../../src/agents/command.js'
import type { AgentSettings, Turn } from '../../src/domain/adapter.js'
import { contents, describeDecoderContract } from './contract.js'
import { agentSettings, runTurn, turnOf } from './launch.js'

const never = new AbortController().signal
const adapter = commandAdapter(process.env)
const node = process.execPath
const PRINT_ARGUMENTS = ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--']

function command(settings: Partial<AgentSettings>): AgentSettings {
  return agentSettings({ kind: 'command', ...settings })
}

function prepare(settings: Partial<AgentSettings>, turn: Partial<Turn> = {}) {
  return adapter.prepare(turnOf(command(settings), turn), never)
}

describe('the argv of a command', () => {
  it('has message and session id replaced inside single arguments, and args behind', async () => {
    const message = `it's "$HOME" \`x\` {session_id} {message} $& — ü`
    const argv = [node, ...PRINT_ARGUMENTS, 'say {message}!', '{session_id}', '{other}']
    const { pieces, verdict } = await runTurn(
      adapter,
      turnOf(command({ argv, args: ['{message}'] }), { message }),
    )
    expect(JSON.parse(contents(pieces).text ?? '')).toEqual([
      `say ${message}!`,
      'session-1',
      '{other}',
      message,
    ])
    expect(verdict).toEqual({ status: 'completed' })
  })

  it('does not contain the message if nothing uses it', async () => {
    const launch = await prepare({ argv: ['node', '-e', '0'] })
    expect(launch.argv.slice(1)).toEqual(['-e', '0'])
    expect(launch.argv[0]).toMatch(/^\/.*node$/)
    expect(launch.input).toEqual({ is: 'none' })
  })

  it('gets the message as standard input if configured', async () => {
    const message = 'ü'.repeat(200_000)
    const argv = [node, '-e', 'process.stdin.pipe(process.stdout)']
    const { pieces } = await runTurn(adapter, turnOf(command({ argv, input: 'stdin' }), { message }))
    expect(contents(pieces).text).toBe(message)
  })

  it('has the configured binary in place of its program', async () => {
    expect((await prepare({ argv: ['my-node', '-e', '0'], binary: node })).argv).toEqual([node, '-e', '0'])
  })
})

describe('promise 10: a command that cannot be started is rejected', () => {
  it('for a message that is too long for an argument, with the remedy', async () => {
    const argv = [node, '{message}']
    await expect(prepare({ argv }, { message: 'x'.repeat(128 * 1024 - 1) })).resolves.toBeDefined()
    await expect(prepare({ argv }, { message: 'x'.repeat(128 * 1024) })).rejects.toMatchObject({
      code: 'message_too_large',
      message: expect.stringContaining('"input": "stdin"'),
    })
  })

  it('for a NUL byte in an argument', async () => {
    const rejected = prepare({ argv: [node, '{message}'] }, { message: 'a\0b' })
    await expect(rejected).rejects.toMatchObject({ code: 'invalid_input', field: 'message' })
  })

  it('for a program that is not there', async () => {
    await expect(prepare({ argv: ['no-such-program-here'] })).rejects.toMatchObject({
      code: 'agent_missing',
      message: expect.stringMatching(/no-such-program-here.*PATH/),
    })
    await expect(prepare({ argv: ['no-such-program-here'] })).rejects.not.toThrow(process.env.PATH)
    await expect(prepare({ argv: ['/etc/passwd'] })).rejects.toMatchObject({ code: 'agent_missing' })
  })
})

describe('the end of a command', () => {
  it.each([
    [0, '', { status: 'completed' }],
    [3, '', { status: 'failed', endReason: 'exit', error: 'exit code 3' }],
    [
      1,
      'a\nb\n\nc\nno such file\n',
      { status: 'failed', endReason: 'exit', error: 'exit code 1: b / c / no such file' },
    ],
    [137, '', { status: 'failed', endReason: 'exit', error: 'exit code 137 (SIGKILL)' }],
    [143, '', { status: 'failed', endReason: 'exit', error: 'exit code 143 (SIGTERM)' }],
    [255, '', { status: 'failed', endReason: 'exit', error: 'exit code 255' }],
  ])('with exit code %i', (exitCode, stderrTail, verdict) => {
    expect(adapter.verdict({ exitCode, decoderState: null, stderrTail })).toEqual(verdict)
  })

  it('cuts the reason at a character', () => {
    for (const before of ['', 'x']) {
      const stderrTail = `${before}${'👋'.repeat(500)}${before}`
      const verdict = adapter.verdict({ exitCode: 1, decoderState: null, stderrTail })
      expect(JSON.stringify(verdict)).not.toMatch(/\\ud/)
    }
  })

  it('keeps the reason short', () => {
    const { error } = adapter.verdict({ exitCode: 1, decoderState: null, stderrTail: 'x'.repeat(2000) }) as {
      error: string
    }
    expect(error.length).toBeLessThan(450)
  })
})

describe('the command line of spoold exec', () => {
  const exec = execAdapter(process.env)
  const turn = (argv: string[] | null) => turnOf(agentSettings({ kind: 'exec' }), { argv })

  it('is run as it is', async () => {
    const { pieces } = await runTurn(exec, turn([node, ...PRINT_ARGUMENTS, '{message}', 'a b', '']))
    expect(JSON.parse(contents(pieces).text ?? '')).toEqual(['{message}', 'a b', ''])
  })

  it('is rejected if it cannot be started', async () => {
    await expect(exec.prepare(turn(['no-such-program-here']), never)).rejects.toMatchObject({
      code: 'launch_error',
    })
    await expect(exec.prepare(turn([]), never)).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'argv',
    })
    await expect(exec.prepare(turn([node, 'a\0']), never)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('a program named by a path', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'spoold-command-'))
    await writeFile(join(directory, 'tool'), '#!/bin/sh\necho "$0"\n', { mode: 0o755 })
  })
  afterAll(() => rm(directory, { recursive: true }))

  it('is relative to the working directory', async () => {
    const launch = await prepare({ argv: ['./tool'] }, { workingDirectory: directory })
    expect(launch.argv).toEqual([join(directory, 'tool')])
  })

  it('is found on the PATH of the agent', async () => {
    const launch = await prepare({ argv: ['tool'], env: { PATH: directory } })
    expect(launch.argv).toEqual([join(directory, 'tool')])
  })
})

describe('the report', () => {
  it('reports the path of the program, or what is missing', async () => {
    expect(await adapter.report(command({ argv: [node] }), never)).toEqual({
      available: true,
      binary: node,
      version: null,
      signedIn: 'not_needed',
      problem: null,
    })
    const missing = await adapter.report(command({ argv: ['no-such-program-here'] }), never)
    expect(missing).toMatchObject({
      available: false,
      binary: null,
      problem:
        '"no-such-program-here" is not on the daemon\'s PATH; install it, or set the absolute path of the program.',
    })
  })
})

describe('the decoder', () => {
  const out = Buffer.concat([
    Buffer.from('\x1b]0;title\x07Grüße 👋🏽\r\n0%\r50%\r\x1b[2K100%\n\x1b[1m日本語\x1b[0m\t'),
    Buffer.from([0xe2, 0x82, 0x1b, 0x5b, 0x6d, 0xff]),
    Buffer.from(' end\x1b(B\x1bPdcs\x1b\\ \u009b31mred\r\r\nlast\rlaster'),
  ])
  const err = Buffer.from('⠋ wait\r⠙ wait\r✔ done\nwarn: späte Antwort\x1b[0')
  describeDecoderContract(adapter, { state: { out: fresh(), err: fresh() }, out, err })

  it('returns standard output as text and standard error as stderr', () => {
    const decoder = adapter.decoder(null)
    const pieces = [...decoder.decode('out', out), ...decoder.decode('err', err), ...decoder.end()]
    expect(contents(pieces)).toEqual({
      text: 'Grüße 👋🏽\n0%\n100%\n日本語\t\ufffd\ufffd end red\nlast\nlaster',
      stderr: '⠋ wait\n✔ done\nwarn: späte Antwort',
    })
  })

  function fresh() {
    return { hasText: false, returned: false, redraw: null }
  }
})
