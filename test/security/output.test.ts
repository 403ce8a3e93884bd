import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { openLog } from '../../src/daemon/log.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { writeConfigBeside } from '../helpers/gate.js'
import { BIN, cleanEnvironment, runCli } from '../helpers/run-cli.js'
import { tempDirectory, tempState } from '../helpers/temp-state.js'

/** Output that would control a terminal, hide or forge a line, or run as a script of a page. */
const HOSTILE =
  '\u001b]0;owned\u0007\u001b[2J\u001b[1;1H\u001b]52;c;aWQ=\u0007\u009b31m\u001bP$q\u001b\\\r\b\u0007\u202eevil\u2066<script>alert(1)</script>\u001b]8;;http://evil.example\u0007link'
const CONTROLS = /[^\P{Cc}\r\n\t]|\p{Bidi_Control}/u

/** `script` of util-linux provides a terminal. */
const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')

async function openScene() {
  const stateDirectory = tempState()
  const agent = {
    kind: 'command',
    argv: ['/bin/sh', '-c', 'printf %s "$1"; printf %s "$1" >&2', 'hostile', '{message}'],
  }
  const config = writeConfigBeside(stateDirectory, {
    agents: { hostile: agent },
    defaultAgent: 'hostile',
    logLevel: 'trace',
  })
  const env = { SPOOLD_CONFIG: config }
  const daemon = await startDaemonProcess({ stateDirectory, env })
  return { stateDirectory, env, daemon }
}

/** What a person sees of `spoold ARGS`. */
async function inTerminal(
  args: string[],
  { stateDirectory, env }: Awaited<ReturnType<typeof openScene>>,
  more: Record<string, string> = {},
) {
  const words = ['"$NODE"', '"$BIN"', ...args.map((_, index) => `"$A${index}"`)].join(' ')
  const given = Object.fromEntries(args.map((argument, index) => [`A${index}`, argument]))
  const child = spawn('script', ['--quiet', '--return', '--command', words, '/dev/null'], {
    cwd: dirname(stateDirectory),
    env: cleanEnvironment(stateDirectory, {
      ...env,
      ...given,
      ...more,
      NODE: process.execPath,
      BIN,
      SHELL: '/bin/sh',
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let seen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text
  })
  await once(child, 'close')
  return seen
}

test.skipIf(!hasTerminal)(
  'no message and no output of an agent controls the terminal, in any command',
  async () => {
    const scene = await openScene()
    const { stdout } = await runCli(['run', '--detach', HOSTILE], scene)
    const id = stdout.trim()
    // The progress line is redrawn repeatedly; HOSTILE contains none of its sequences.
    const own = ['?25l', '?25h', '?2026h', '?2026l', '1G', '0K'].map((sequence) => `\u001b[${sequence}`)
    const withoutProgress = (text: string) =>
      own.reduce((left, sequence) => left.replaceAll(sequence, ''), text)
    // spoold ends each colour that it begins; HOSTILE does not.
    const withoutColours = (text: string) =>
      text.replaceAll(/\p{Cc}\[(?:2m(\P{Cc}*)\p{Cc}\[22|3[1-6]m(\P{Cc}*)\p{Cc}\[39)m/gu, '$1$2')
    for (const args of [
      ['tail', id],
      ['tail', id, id.slice(0, -1)],
      ['tail', id, '@last', '--kind', 'text,stderr'],
      ['show', id],
      ['ls', '--all'],
      ['show', id, '--json'],
      ['run', HOSTILE],
    ]) {
      const plain = withoutProgress(await inTerminal(args, scene))
      const coloured = withoutProgress(await inTerminal(args, scene, { TERM: 'xterm-256color' }))
      for (const seen of [plain, withoutColours(coloured)]) {
        expect(seen, args[0]).toContain('<script>')
        expect(seen.match(CONTROLS), `${args[0]}: ${JSON.stringify(seen)}`).toBeNull()
      }
    }
  },
)

test('stored output contains no control sequence', async () => {
  const scene = await openScene()
  const { stdout, stderr } = await runCli(['run', HOSTILE], scene)
  for (const text of [stdout, stderr]) expect(text.match(/[^\P{Cc}\n\t]/u)).toBeNull()
  expect(stdout).toContain('<script>alert(1)</script>')
})

test('no HTTP response contains output of an agent: all are JSON objects, never HTML', async () => {
  const { daemon, ...scene } = await openScene()
  await runCli(['run', HOSTILE], scene)
  for (const path of ['/health', '/', '/index.html', '/<script>alert(1)</script>', '/mcp']) {
    const response = await fetch(new URL(path, daemon.file.url))
    expect(response.headers.get('content-type')).toBe('application/json')
    const text = await response.text()
    expect(text).not.toContain('<script>')
    expect(JSON.parse(text)).toBeTypeOf('object')
    if (path === '/health') expect(Object.keys(JSON.parse(text))).toEqual(['status', 'version', 'pid'])
  }
  // Neither does the log, at its most verbose level.
  expect(daemon.stderr()).not.toContain('alert(1)')
})

test('a log record is always one line without control characters', () => {
  const file = join(tempDirectory(), 'daemon.log')
  const log = openLog(file, 'info')
  const forged = `${HOSTILE}\n{"level":30,"msg":"all is well"}\r\n\u2028\u0085`
  log.logger.error({ err: new Error(forged), path: forged, [forged]: 1 }, forged)
  log.close()
  const text = readFileSync(file, 'utf8')
  expect(text.split('\n')).toHaveLength(2)
  expect(text.match(/[^\P{Cc}\n]|[\p{Bidi_Control}\u2028]/u)).toBeNull()
  expect(JSON.parse(text)).toMatchObject({ path: forged, msg: forged })
})
