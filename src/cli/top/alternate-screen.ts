import type { WriteStream } from 'node:tty'

/** Lines that the terminal measures wider than we do are cut instead of wrapped. */
const CUT_LINES = '\u001b[?7l'
const WRAP_LINES = '\u001b[?7h'
const ENTER = `\u001b[?1049h${CUT_LINES}\u001b[2J\u001b[H`
const LEAVE = `${WRAP_LINES}\u001b[?1049l`
const SHOW_CURSOR = '\u001b[?25h'
const CLEAR_HISTORY = '\u001b[3J'

export interface AlternateScreen {
  /** The terminal, without the sequences that would erase its history. */
  stream: WriteStream
  /** Restores the screen and the cursor. */
  leave(): void
}

/**
 * Switches to the alternate screen, as vim and less do. The terminal is restored however the process ends, except by an
 * unhandled signal.
 */
export function enterAlternateScreen(terminal: WriteStream): AlternateScreen {
  let hasLeft = false
  const leave = () => {
    if (hasLeft) return
    hasLeft = true
    process.off('exit', leave)
    terminal.write(LEAVE + SHOW_CURSOR)
  }
  process.on('exit', leave)
  terminal.write(ENTER)
  return { stream: withoutClearing(terminal), leave }
}

/** The size of the terminal; 80 by 24 if it is unknown, as some report 0 by 0. */
export function sizeOf({ columns, rows }: WriteStream): { columns: number; rows: number } {
  return columns > 0 && rows > 0 ? { columns, rows } : { columns: 80, rows: 24 }
}

/**
 * ink clears the terminal with its history if a frame is as high as the terminal. Our frames never are, and the reported
 * height prevents it also after the terminal was made smaller.
 */
function withoutClearing(terminal: WriteStream): WriteStream {
  const write = (text: string | Uint8Array, ...rest: [((error?: Error | null) => void)?]) =>
    terminal.write(typeof text === 'string' ? text.replaceAll(CLEAR_HISTORY, '') : text, ...rest)
  return Object.create(terminal, {
    rows: { value: Number.POSITIVE_INFINITY },
    write: { value: write },
    columns: { get: () => sizeOf(terminal).columns },
  })
}
