import { renameSync, statSync } from 'node:fs'
import { destination, type Logger, pino } from 'pino'
import type { Settings } from '../config/settings.js'
import { visibleJson } from '../domain/shown-text.js'
import { openPrivateLog } from '../state/private-file.js'
import { writeFailure } from '../state/refusals.js'
import { hideSecrets } from './hide-secrets.js'

const LARGEST_BYTES = 10 * 1024 * 1024

export interface DaemonLog {
  logger: Logger
  close(): void
}

/**
 * The daemon's log, JSON lines with ISO times. One that has grown large is put aside as FILE.1, over the one before;
 * the caller holds the lock, so no other daemon writes to it. Throws SpoolError `storage_full` or `storage_readonly`.
 *
 * @param file where to append; null writes to standard error, for a daemon in the foreground
 */
export function openLog(file: string | null, level: Settings['logLevel']): DaemonLog {
  if (file !== null) putAside(file)
  // Lines are few; written at once, none is lost when the process is killed.
  const dest = file === null ? 2 : openPrivateLog(file)
  const stream = destination({ dest, sync: true })
  // A log on a full disk must not end the daemon.
  stream.on('error', () => {})
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { log: hideSecrets },
    },
    // Whoever reads the log in a terminal reads what others wrote.
    { write: (line: string) => stream.write(visibleJson(line)) },
  )
  return { logger, close: () => (file === null ? stream.flushSync() : stream.end()) }
}

/** What a parent has open as our standard error is the old file from then on: only the trace of a crash goes there. */
function putAside(file: string): void {
  try {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= LARGEST_BYTES) return
    renameSync(file, `${file}.1`)
  } catch (cause) {
    throw writeFailure(`The log ${file}`, cause)
  }
}
