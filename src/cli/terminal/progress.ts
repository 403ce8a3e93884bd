import type { WriteStream } from 'node:tty'
import yoctoSpinner from 'yocto-spinner'
import { formatCount, formatDuration, formatSize } from './units.js'

/** A status line on a terminal while a task is running. */
export interface ProgressLine {
  count(bytes: number): void
  stop(): void
}

/**
 * Elapsed time, chunks and bytes on standard error, if it is a terminal that can redraw a line. The spinner makes room for
 * other output, and pauses while a line of output is incomplete.
 *
 * @param startedAt ms since 1970
 */
export function progressLine(stream: WriteStream, startedAt: number): ProgressLine {
  if (!canRedraw(stream)) return { count: () => {}, stop: () => {} }
  let chunks = 0
  let bytes = 0
  const text = () =>
    `${formatDuration((Date.now() - startedAt) / 1000)}  ${formatCount(chunks, 'chunk')}  ${formatSize(bytes)}  (Ctrl-C detaches)`
  const spinner = yoctoSpinner({ stream, handleSignals: false }).start(text())
  const clock = setInterval(() => {
    spinner.text = text()
  }, 500)
  return {
    count(more) {
      chunks += 1
      bytes += more
    },
    stop() {
      clearInterval(clock)
      spinner.stop()
    },
  }
}

/** Otherwise, and on CI machines, the spinner would print a new line for each change. */
function canRedraw(stream: WriteStream): boolean {
  return stream.isTTY && process.env.TERM !== 'dumb' && !('CI' in process.env)
}
