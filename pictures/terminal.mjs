import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import xterm from '@xterm/headless'

const SCRIPT = fileURLToPath(new URL('../test/fixtures/pseudo-terminal.py', import.meta.url))
const LIMIT_MS = 60_000

/**
 * Starts a shell in a pseudo-terminal. Requires python3.
 * @param {{ columns: number, rows: number, env: Record<string, string>, cwd: string }} options
 */
export function openTerminal({ columns, rows, env, cwd }) {
  const shell = ['bash', '--norc', '--noprofile']
  const child = spawn('python3', [SCRIPT, String(columns), String(rows), ...shell], {
    // Each prompt sets its number as the terminal's title, which is not shown in the pictures.
    env: {
      ...env,
      PS1: '$ ',
      PROMPT_COMMAND: String.raw`printf '\033]0;%s\007' $((++n))`,
      TERM: 'xterm-256color',
    },
    cwd,
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  })
  const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  let prompts = 0
  screen.onTitleChange((title) => {
    prompts = Number(title)
  })
  child.stdout.setEncoding('utf8').on('data', (text) => screen.write(text))

  /** The text of the screen without trailing blanks. */
  function text() {
    const { active } = screen.buffer
    const lines = Array.from({ length: rows }, (_, row) =>
      active
        .getLine(active.viewportY + row)
        ?.translateToString(true)
        .trimEnd(),
    )
    return lines.join('\n').trimEnd()
  }

  /** @param {string} what @param {() => boolean} condition */
  async function wait(what, condition) {
    const end = Date.now() + LIMIT_MS
    while (!condition()) {
      if (Date.now() > end) throw new Error(`${what} did not appear; the screen shows:\n${text()}`)
      await sleep(50)
    }
  }

  return {
    screen,
    text,
    /** Resolves when the screen matches. @param {RegExp} what */
    until: (what) => wait(String(what), () => what.test(text())),
    /** @param {string} keys */
    type: (keys) => child.stdin.write(keys),
    /** Types a line and waits for the next prompt. @param {string} line */
    async run(line) {
      await wait('the first prompt', () => prompts > 0)
      const before = prompts
      child.stdin.write(`${line}\r`)
      await wait('the next prompt', () => prompts > before && text().endsWith('$'))
    },
    async close() {
      child.stdin.end()
      await once(child, 'close')
      screen.dispose()
    },
  }
}
