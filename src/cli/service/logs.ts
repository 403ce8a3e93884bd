import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpoolError } from '../../domain/errors.js'
import { inspectEntry } from '../../state/entries.js'
import type { StatePaths } from '../../state/paths.js'
import { hasStateDirectory } from '../../state/state-directory.js'
import { EXIT, ExitWith } from '../errors.js'
import { writeOutput } from '../write-output.js'
import { followLog, lastLogLines } from './log-lines.js'
import { formatLogLine, jsonLogLine } from './log-text.js'

export interface LogsOptions {
  lines: number
  follow?: boolean
  json?: boolean
}

const PAUSE_MS = 200

/**
 * `spoold service logs`: prints the end of the daemon's log, and with `follow` new lines until Ctrl-C. Throws SpoolError
 * `not_found` if there is none, and `state_directory_invalid` if it belongs to another user.
 */
export async function logs({ root, log }: StatePaths, options: LogsOptions): Promise<void> {
  if (!hasStateDirectory(root) || (inspectEntry(log, 'file') === undefined && !options.follow)) {
    const sentence = `There is no log ${log}: it is written by the service and by spoold start; spoold serve logs to its terminal.`
    throw new SpoolError('not_found', sentence)
  }
  const printLines = async (lines: string[]) => {
    const format = options.json ? jsonLogLine : formatLogLine
    await writeOutput(process.stdout, lines.map((line) => `${format(line)}\n`).join(''))
  }
  if (!options.follow) return printLines(lastLogLines(log, options.lines))

  const interrupted = new AbortController()
  const onInterrupt = () => interrupted.abort()
  process.once('SIGINT', onInterrupt)
  const follower = followLog(log)
  try {
    if (existsSync(log)) await printLines(lastLogLines(log, options.lines))
    while (!interrupted.signal.aborted) {
      await printLines(follower.read())
      await sleep(PAUSE_MS, undefined, { signal: interrupted.signal }).catch(() => {})
    }
  } finally {
    follower.close()
    process.off('SIGINT', onInterrupt)
  }
  // After the ^C that the terminal shows.
  if (process.stderr.isTTY) process.stderr.write('\n')
  throw new ExitWith(EXIT.interrupted)
}
