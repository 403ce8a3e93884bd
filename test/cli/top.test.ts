import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { GATED_AGENT, writeConfigBeside } from '../helpers/gate.js'
import { killProcessesWith } from '../helpers/processes.js'
import { KEYS, startOnTerminal } from '../helpers/pseudo-terminal.js'
import { BIN, runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'
import { acpAgent, steps } from '../tasks/acp-agent.js'

const LEAVE_SCREEN = '\u001b[?1049l'
const SHOW_CURSOR = '\u001b[?25h'
const CLEAR_HISTORY = '\u001b[3J'

/** The last that the terminal gets is its own screen and its cursor. */
function expectGivenBack(bytes: string): void {
  const after = bytes.split(LEAVE_SCREEN).at(-1) ?? ''
  expect(after).toContain(SHOW_CURSOR)
  expect(after.replaceAll(SHOW_CURSOR, '')).toBe('')
}

/** A daemon with gated tasks, and `spoold top` on a terminal. */
async function openScene(
  options: { size?: { columns: number; rows: number }; env?: Record<string, string> } = {},
) {
  const stateDirectory = tempState()
  onTestFinished(() => killProcessesWith(`HOME=${dirname(stateDirectory)}`))
  const { args: _args, env: _env, passEnv: _passEnv, ...asking } = acpAgent({}).settings
  const agents = { gated: GATED_AGENT, asking: { ...asking, permissions: 'ask' } }
  const config = writeConfigBeside(stateDirectory, { agents, defaultAgent: 'gated' })
  const env = { SPOOLD_CONFIG: config }
  const daemon = await startDaemonProcess({ stateDirectory, env })
  const { client } = await connect({ stateDirectory, as: 'operator' })
  const gate = (name: string) => join(dirname(stateDirectory), name)
  return {
    stateDirectory,
    env,
    daemon,
    client,
    /** Starts a task that waits for a file of this name. */
    async start(name: string): Promise<string> {
      return (await client.start({ message: gate(name), working_directory: '/' })).task_id
    },
    open: (name: string) => writeFileSync(gate(name), ''),
    top: () => startOnTerminal(['top'], { stateDirectory, ...options, env: { ...env, ...options.env } }),
  }
}

test('top shows tasks, cancels the selected one after a yes, and restores the terminal', async () => {
  const { client, start, top } = await openScene()
  const [one, two] = [await start('one'), await start('two')]
  const terminal = top()
  await terminal.see(/2 running, 0 waiting[\s\S]*before 日本\n[\s\S]*before 日本\n/)
  expect(terminal.screen()).toContain(`❯ ${one.slice(0, 17)}`)
  terminal.type(KEYS.down)
  await terminal.see(`❯ ${two.slice(0, 17)}`)
  terminal.type('c')
  await terminal.see(`Cancel ${two} and end all its processes? y/n`)
  terminal.type('n')
  await terminal.see('q quit')
  expect((await client.show(two)).status).toBe('streaming')
  terminal.type('c')
  await terminal.see('y/n')
  terminal.type('y')
  await terminal.see(/❯ task-\w+ +cancelled/)
  await terminal.see(`${two} is cancelled.`)
  expect((await client.show(two)).status).toBe('cancelled')
  expect((await client.show(one)).status).toBe('streaming')
  terminal.type('q')
  expect(await terminal.result).toEqual({ code: 0, cooked: true })
  expectGivenBack(terminal.bytes())
  expect(terminal.bytes()).toContain('\u001b[36mstreaming')
  expect(terminal.bytes()).not.toContain(CLEAR_HISTORY)
})

test('top follows a task on the normal screen; Ctrl-C returns, and after its end Enter', async () => {
  const { start, open, top } = await openScene()
  const id = await start('gate')
  const terminal = top()
  await terminal.see('before 日本')
  terminal.type(KEYS.enter)
  await terminal.see(`following ${id}; Ctrl-C returns to top`)
  await terminal.see('before 日本')
  terminal.type(KEYS.ctrlC)
  await terminal.see('1 running, 0 waiting')
  terminal.type('f')
  await terminal.see('before 日本')
  open('gate')
  await terminal.see('after é')
  await terminal.see('Enter returns to top')
  terminal.type(KEYS.enter)
  await terminal.see(/❯ task-\w+ +failed: exit 5 [\s\S]*q quit/)
  terminal.type(KEYS.ctrlC)
  expect(await terminal.result).toEqual({ code: 0, cooked: true })
  // What was followed is still to be read.
  expect(terminal.screen()).toContain('after é')
})

test('top shows a question and responds to it', async () => {
  const { client, top } = await openScene()
  const message = steps({ ask: 'run "make"' }, { say: 'after' })
  const { task_id } = await client.start({ message, agent: 'asking', working_directory: '/' })
  const terminal = top()
  await terminal.see(/0 running, 0 waiting, 1 asks[\s\S]*asks .*run "make"/)
  terminal.type('r')
  await terminal.see(/asks:\nrun "make"\n {2}1 {2}Allow\n {2}2 {2}Reject\n/)
  terminal.type('y')
  await terminal.see('Answered "Allow" to: run "make".')
  await terminal.see(/❯ task-\w+ +completed/)
  const { new_chunks } = await client.status({ task_id, wait_ms: 0 })
  expect(new_chunks.map(({ content }) => content).join('')).toContain('answer: once')
  terminal.type('q')
  expect(await terminal.result).toEqual({ code: 0, cooked: true })
})

test('top waits while the daemon is not running, and continues with the next one', async () => {
  const { stateDirectory, env, daemon, start, top } = await openScene()
  const id = await start('gate')
  const terminal = top()
  await terminal.see('before 日本')
  await daemon.kill('SIGKILL')
  await terminal.see('The daemon is not running')
  const next = await startDaemonProcess({ stateDirectory, env })
  await terminal.see(next.file.url)
  await terminal.see(/q quit/)
  expect(terminal.screen()).toContain(`❯ ${id.slice(0, 17)}`)
  terminal.type('q')
  expect(await terminal.result).toEqual({ code: 0, cooked: true })
})

test('top fits a terminal that changes its size, also one that is very small', async () => {
  const { start, top } = await openScene()
  for (const name of ['one', 'two', 'three', 'four']) await start(name)
  const terminal = top()
  await terminal.see('4 running')
  terminal.resize(50, 8)
  await terminal.see('rows 1-3 of 4')
  terminal.type('G')
  await terminal.see('rows 2-4 of 4')
  terminal.resize(14, 6)
  await terminal.see(/❯ task-\w{7}\n/)
  terminal.resize(5, 2)
  terminal.resize(140, 30)
  await terminal.see(/ID +STATUS +AGENT +AGE +SIZE +RATE +LAST LINE\n(.+before 日本\n){3}❯.+before 日本\n/)
  expect(terminal.screen().match(/RATE/g)).toHaveLength(1)
  terminal.type('q')
  expect(await terminal.result).toEqual({ code: 0, cooked: true })
})

test('a signal ends top and the terminal is restored', async () => {
  const { top } = await openScene({ env: { NO_COLOR: '1', CI: 'true' } })
  const terminal = top()
  await terminal.see('Nothing runs.')
  await terminal.see('spoold run "…"')
  const sequences = terminal.bytes().split('\u001b[').slice(1)
  expect(sequences.filter((sequence) => /^[\d;]*m/.test(sequence))).toEqual([])
  process.kill(terminal.pid(), 'SIGTERM')
  expect(await terminal.result).toEqual({ code: 128 + 15, cooked: true })
  expectGivenBack(terminal.bytes())
})

test('top is rejected without a terminal, with an alternative', async () => {
  const stateDirectory = tempState()
  const piped = await runCli(['top'], { stateDirectory })
  expect(piped).toMatchObject({ code: 2, stdout: '' })
  expect(piped.stderr).toMatch(/^spoold: .*spoold ls, or spoold ls --json/)
  const dumb = startOnTerminal(['top'], { stateDirectory, env: { TERM: 'dumb' } })
  expect(await dumb.result).toEqual({ code: 2, cooked: true })
  await waitFor('the refusal', () => dumb.screen().includes('spoold ls --json'))
})

test('only top loads the terminal libraries', () => {
  const directory = dirname(BIN)
  const loaded = new Set<string>()
  const load = (file: string) => {
    if (loaded.has(file)) return
    loaded.add(file)
    const code = readFileSync(join(directory, file), 'utf8')
    for (const [, imported] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) load(imported as string)
  }
  load('full.js')
  load('quick.cjs')
  const drawing = readdirSync(directory).filter(
    (file) => /\.c?js$/.test(file) && readFileSync(join(directory, file), 'utf8').includes('createContainer'),
  )
  expect(drawing).toHaveLength(1)
  expect([...loaded]).not.toContain(drawing[0])
})
