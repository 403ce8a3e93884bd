import type { WriteStream } from 'node:tty'
import yoctoSpinner from 'yocto-spinner'
import { formatCount, formatDuration, formatSize } from './units.js'

/** The line that tells a person at a terminal that a task is at work. */
export interface ProgressLine {
  count(bytes: number): void
  stop(): void
}

/**
 * Elapsed time, chunks and bytes on standard error, on a terminal only. The spinner makes room for whatever else is
 * printed, and waits while a line of output is half done.
 *
 * @param startedAt from when time is counted, ms since 1970
 */
export function progressLine(stream: WriteStream, startedAt: number): ProgressLine {
  if (!stream.isTTY) return { count: () => {}, stop: () => {} }
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
