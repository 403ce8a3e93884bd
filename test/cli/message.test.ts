import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startDaemonProcess, stopDaemonAfterwards } from '../helpers/daemon-process.js'
import { writeConfigBeside } from '../helpers/gate.js'
import { runCli } from '../helpers/run-cli.js'
import { tempDirectory, tempState } from '../helpers/temp-state.js'

/** A daemon whose agent says what it was asked, and an editor that does to its file what a script says. */
async function withEcho(editor = 'exit 7') {
  const stateDirectory = tempState()
  const echo = { kind: 'command', argv: ['printf', '<%s>', '{message}'] }
  const directory = tempDirectory('editor')
  const program = join(directory, 'my editor')
  writeFileSync(program, `#!/bin/sh\n${editor}\n`, { mode: 0o755 })
  const env = {
    SPOOLD_CONFIG: writeConfigBeside(stateDirectory, { agents: { echo }, defaultAgent: 'echo' }),
    EDITOR: `'${program}' --wait`,
    TMPDIR: directory,
  }
  await startDaemonProcess({ stateDirectory, env })
  stopDaemonAfterwards(stateDirectory)
  const run = (args: string[], input?: string) =>
    runCli(['run', ...args], { stateDirectory, env, ...(input === undefined ? {} : { input }) })
  const left = () => readdirSync(directory).filter((name) => name.startsWith('spoold-message-'))
  return { stateDirectory, env, directory, run, left }
}

describe('run without a message on the command line', () => {
  test('sends standard input unchanged', async () => {
    const { run } = await withEcho()
    expect((await run([], '$(id) "Grüße" 🧵\n\nsecond\n')).stdout).toBe('<$(id) "Grüße" 🧵\n\nsecond>')
    expect((await run(['-'], 'piped')).stdout).toBe('<piped>')
  })

  test('a final - appends standard input to the message', async () => {
    const { run } = await withEcho()
    expect((await run(['review', 'this:', '-'], 'a diff\n')).stdout).toBe('<review this:\n\na diff>')
    expect((await run(['said'], 'not read')).stdout).toBe('<said>')
  })

  test('empty and non-text input is rejected, and no task is started', async () => {
    const { run, stateDirectory, env } = await withEcho()
    const nothing = await run([], ' \n')
    expect(nothing.stderr).toMatch(/^spoold: There is no message: pass it/)
    expect(nothing.code).toBe(2)
    const latin = await runCli(['ls', '--all'], { stateDirectory, env })
    expect(latin.stderr).toMatch(/^No tasks/)
  })
})

describe('run --edit', () => {
  test('sends the text of the editor and removes its file', async () => {
    const { run, left } = await withEcho(
      '[ "$1" = --wait ] && printf "# Title\\n$(cat "$2") and more\\n" > "$2"',
    )
    expect((await run(['--edit', 'begun'])).stdout).toBe('<# Title\nbegun and more>')
    expect(left()).toEqual([])
  })

  test('an empty message starts no task', async () => {
    const { run, left } = await withEcho(': > "$2"')
    const { stderr, code } = await run(['--edit', 'begun'])
    expect(stderr).toMatch(/^spoold: The message is empty, so no task was started/)
    expect(code).toBe(2)
    expect(left()).toEqual([])
  })

  test('a failing editor starts no task and keeps the text', async () => {
    const { run, left, directory } = await withEcho('echo written > "$2"; exit 3')
    const { stderr, code } = await run(['--edit'])
    expect(stderr).toMatch(/^spoold: The editor .* exited with code 3, so no task was started: set EDITOR/)
    expect(code).toBe(1)
    const [kept] = left()
    const file = join(directory, String(kept), 'message.md')
    expect(stderr).toContain(file)
    expect(readFileSync(file, 'utf8')).toBe('written\n')
  })

  test('a message is piped in or edited, not both', async () => {
    const { run } = await withEcho('exit 0')
    const { stderr, code } = await run(['--edit', 'review', '-'], 'piped')
    expect(stderr).toMatch(/^spoold: A message comes either from standard input \(-\) or from an editor/)
    expect(code).toBe(2)
  })

  test('Ctrl-C ends the editor, and the text is kept', async () => {
    const { run, left } = await withEcho('echo written > "$2"; kill -INT "$PPID"; kill -INT $$')
    const { stderr, code } = await run(['--edit'])
    expect(stderr).toMatch(/^spoold: The editor .* so no task was started: set EDITOR; your text is in /)
    expect(left()).toHaveLength(1)
    expect(code).toBe(1)
  })

  test('a removed file and a full disk are reported in one sentence', async () => {
    const { run, left, stateDirectory, env } = await withEcho('rm "$2"')
    expect((await run(['--edit', 'begun'])).stderr).toMatch(/^spoold: The message is empty/)
    expect(left()).toEqual([])
    const nowhere = await runCli(['run', '--edit'], {
      stateDirectory,
      env: { ...env, TMPDIR: '/nonexistent' },
    })
    expect(nowhere.stderr).toMatch(/^spoold: A file for the message in \/nonexistent/)
    expect(nowhere.code).toBe(3)
  })

  test('a message that the daemon refuses is kept', async () => {
    const { run, left } = await withEcho('echo written > "$2"')
    const { stderr, code } = await run(['--edit', '--agent', 'nobody'])
    expect(stderr).toMatch(/^spoold: the message is kept in (.*)\n/)
    expect(existsSync(/kept in (.*)\n/.exec(stderr)?.[1] ?? '')).toBe(true)
    expect(left()).toHaveLength(1)
    expect(code).toBe(2)
  })
})
