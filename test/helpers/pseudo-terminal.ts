import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import xterm from '@xterm/headless'
import { onTestFinished } from 'vitest'
import { PROJECT } from './build.js'
import { BIN, cleanEnvironment } from './run-cli.js'
import { waitFor } from './wait-for.js'

export interface TerminalOptions {
  stateDirectory: string
  env?: Record<string, string>
  /** Default 100 by 24. */
  size?: { columns: number; rows: number }
}

export interface PseudoTerminal {
  /** Types keys, as a terminal sends them: `\r` for Enter, `\u0003` for Ctrl-C. */
  type(keys: string): void
  resize(columns: number, rows: number): void
  /** The visible text, without blanks at the ends of lines. */
  screen(): string
  /** Resolves when the screen shows it; fails with what it shows instead. */
  see(what: string | RegExp): Promise<void>
  /** All bytes written to the terminal. */
  bytes(): string
  /** The process id of the program. */
  pid(): number
  /** The exit code, and whether the terminal reads lines and echoes afterwards. */
  result: Promise<{ code: number | null; cooked: boolean }>
}

let python: string | undefined

/** The real python3: the one on the PATH may be a shim of a version manager, which starts fifty processes each time. */
function pythonPath(): string {
  python ??= execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()
  return python
}

/** Keys as terminals send them. */
export const KEYS = { enter: '\r', escape: '\u001b', ctrlC: '\u0003', down: '\u001b[B', up: '\u001b[A' }

/** Starts `spoold ARGS` on its own terminal, which is hung up when the test ends. Needs python3. */
export function startOnTerminal(args: string[], options: TerminalOptions): PseudoTerminal {
  const { stateDirectory, env = {}, size = { columns: 100, rows: 24 } } = options
  const script = join(PROJECT, 'test', 'fixtures', 'pseudo-terminal.py')
  const argv = [script, String(size.columns), String(size.rows), process.execPath, BIN, ...args]
  const child = spawn(pythonPath(), argv, {
    env: cleanEnvironment(stateDirectory, { TERM: 'xterm-256color', ...env }),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  const { stdin, stdout, stderr } = child
  const sizes = child.stdio[3] as Writable
  for (const stream of [stdin, sizes]) stream.on('error', () => {})
  const emulator = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true })
  let bytes = ''
  let facts: { pid?: number; cooked?: boolean } = {}
  stdout.setEncoding('utf8').on('data', (text: string) => {
    bytes += text
    emulator.write(text)
  })
  let errors = ''
  stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
    for (const line of errors.split('\n').slice(0, -1))
      if (line.startsWith('{')) facts = { ...facts, ...JSON.parse(line) }
  })
  const closed = once(child, 'close')
  const result = closed.then(([code]) => {
    if (facts.cooked === undefined) throw new Error(`the terminal broke: ${errors}`)
    return { code: code as number | null, cooked: facts.cooked }
  })
  result.catch(() => {})
  onTestFinished(async () => {
    stdin.end()
    await closed
    emulator.dispose()
  })
  const screen = () => {
    // A line keeps what it had when the terminal has become narrower.
    const { active } = emulator.buffer
    const lines = Array.from({ length: emulator.rows }, (_, row) =>
      active
        .getLine(active.viewportY + row)
        ?.translateToString(true, 0, emulator.cols)
        .trimEnd(),
    )
    return lines.join('\n')
  }
  return {
    type: (keys) => stdin.write(keys),
    resize(columns, rows) {
      emulator.resize(columns, rows)
      sizes.write(`${columns} ${rows}\n`)
    },
    screen,
    async see(what) {
      const shows = () => (typeof what === 'string' ? screen().includes(what) : what.test(screen()))
      await waitFor(String(what), shows).catch((cause) => {
        throw new Error(`${what} is not on the screen, but:\n${screen()}`, { cause })
      })
    },
    bytes: () => bytes,
    pid() {
      if (facts.pid === undefined) throw new Error('it has not started')
      return facts.pid
    },
    result,
  }
}
