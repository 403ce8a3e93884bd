import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import xterm from '@xterm/headless'

const SCRIPT = fileURLToPath(new URL('../test/fixtures/pseudo-terminal.py', import.meta.url))
const LIMIT_MS = 60_000

/**
 * A shell on a terminal of its own. Needs python3.
 * @param {{ columns: number, rows: number, env: Record<string, string>, cwd: string }} options
 */
export function openTerminal({ columns, rows, env, cwd }) {
  const shell = ['bash', '--norc', '--noprofile']
  const child = spawn('python3', [SCRIPT, String(columns), String(rows), ...shell], {
    // Each prompt tells its number as the title, which nobody sees.
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

  /** The text of the screen, without the blanks at the end. */
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

  /** @param {string} what @param {() => boolean} isSo */
  async function wait(what, isSo) {
    const end = Date.now() + LIMIT_MS
    while (!isSo()) {
      if (Date.now() > end) throw new Error(`${what} is not on the screen, but:\n${text()}`)
      await sleep(50)
    }
  }

  return {
    screen,
    text,
    /** Resolves when the screen shows it. @param {RegExp} what */
    until: (what) => wait(String(what), () => what.test(text())),
    /** @param {string} keys */
    type: (keys) => child.stdin.write(keys),
    /** Types a line and waits until the shell asks for the next. @param {string} line */
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
