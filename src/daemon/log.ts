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
 * The daemon's log, JSON lines with ISO times. In a file it tells of the error that ends the process, too, and is put
 * aside when it has grown large (log-file.ts). Throws SpoolError `storage_full` or `storage_readonly`.
 *
 * @param file where to append; null writes to standard error, for a daemon in the foreground
 * @param largestBytes of the file, before it is put aside
 */
export function openLog(file: string | null, level: Settings['logLevel'], largestBytes?: number): DaemonLog {
  const target = file === null ? standardError() : openLogFile(file, largestBytes)
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { log: hideSecrets },
    },
    // Whoever reads the log in a terminal reads what others wrote.
    { write: (line: string) => target.write(escapeJson(line)) },
  )
  // Node writes its trace to standard error, which need not be a file that anybody reads.
  const onCrash = (error: unknown) =>
    logger.fatal({ err: error }, 'the daemon met an error of its own and ends; running tasks go on')
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
