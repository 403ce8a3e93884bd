import type { WriteStream } from 'node:tty'
import yoctoSpinner from 'yocto-spinner'
import { formatCount, formatDuration, formatSize } from './units.js'

/** The line that tells a person at a terminal that a task is at work. */
export interface ProgressLine {
  count(bytes: number): void
  stop(): void
}

/**
 * Elapsed time, chunks and bytes on standard error, on a terminal only that can draw a line anew. The spinner makes room for whatever else is
 * printed, and waits while a line of output is half done.
 *
 * @param startedAt from when time is counted, ms since 1970
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

/** Where it cannot, the spinner would print a new line for each change; so it does on the terminals of CI machines. */
function canRedraw(stream: WriteStream): boolean {
  return stream.isTTY && process.env.TERM !== 'dumb' && !('CI' in process.env)
}
