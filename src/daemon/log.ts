import { destination, type Logger, pino } from 'pino'
import type { Settings } from '../config/settings.js'
import { escapeJson } from '../domain/text.js'
import { hideSecrets } from './hide-secrets.js'
import { type LogFile, openLogFile } from './log-file.js'

export interface DaemonLog {
  logger: Logger
  close(): void
}

/**
 * The daemon's log: JSON lines with ISO times. A log file also gets the error that ends the process, and is rotated
 * (log-file.ts). Throws SpoolError `storage_full` or `storage_readonly`.
 *
 * @param file path of the log; null for standard error, for a daemon in the foreground
 * @param maxBytes maximum size of the file before it is rotated
 */
export function openLog(file: string | null, level: Settings['logLevel'], maxBytes?: number): DaemonLog {
  const target = file === null ? standardError() : openLogFile(file, maxBytes)
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { log: hideSecrets },
    },
    // The log contains text of others and may be read in a terminal.
    { write: (line: string) => target.write(escapeJson(line)) },
  )
  // Node writes the stack trace to standard error, which may not be readable.
  const onCrash = (error: unknown) =>
    logger.fatal({ err: error }, 'the daemon failed unexpectedly and exits; running tasks continue')
  if (file !== null) process.on('uncaughtExceptionMonitor', onCrash)
  return {
    logger,
    close() {
      process.off('uncaughtExceptionMonitor', onCrash)
      target.close()
    },
  }
}

function standardError(): LogFile {
  const stream = destination({ dest: 2, sync: true })
  stream.on('error', () => {})
  return { write: (line) => void stream.write(line), close: () => stream.flushSync() }
}
