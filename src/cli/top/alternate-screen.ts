import type { WriteStream } from 'node:tty'

/** Lines that a terminal finds wider than we do are cut, and do not go on in the next one. */
const CUT_LINES = '\u001b[?7l'
const WRAP_LINES = '\u001b[?7h'
const ENTER = `\u001b[?1049h${CUT_LINES}\u001b[2J\u001b[H`
const LEAVE = `${WRAP_LINES}\u001b[?1049l`
const SHOW_CURSOR = '\u001b[?25h'
const CLEAR_HISTORY = '\u001b[3J'

export interface AlternateScreen {
  /** Where to draw: the terminal, without what would erase its history. */
  stream: WriteStream
  /** Gives the terminal its screen and its cursor back. */
  leave(): void
}

/**
 * Goes to the terminal's second screen, as vim and less do; what stood on the first one comes back. However the process
 * ends but by a signal that nobody handles, the terminal is given back.
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

/** The terminal's size; the usual one where it does not know its own, as some are 0 by 0. */
export function sizeOf({ columns, rows }: WriteStream): { columns: number; rows: number } {
  return columns > 0 && rows > 0 ? { columns, rows } : { columns: 80, rows: 24 }
}

/**
 * ink clears the terminal, with its history, where a frame is as high as the terminal was; ours never are, and what it is
 * told of the height keeps it from that also after the terminal has become smaller.
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
