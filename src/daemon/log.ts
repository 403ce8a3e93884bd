import { chmodSync, closeSync, openSync } from 'node:fs'
import { destination, type Logger, pino } from 'pino'
import type { Settings } from '../config/settings.js'

/** Fields that never reach a log, wherever they sit: tokens, and what people and agents wrote. */
const SECRET_FIELDS = [
  'token',
  'operator_token',
  'operatorToken',
  'clientToken',
  'authorization',
  'message',
  'content',
  'argv',
]

export interface DaemonLog {
  logger: Logger
  close(): void
}

/**
 * The daemon's log, JSON lines with ISO times.
 *
 * @param file where to append; null writes to standard error, for a daemon in the foreground
 */
export function openLog(file: string | null, level: Settings['logLevel']): DaemonLog {
  if (file !== null) {
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600)
  }
  // Lines are few; written at once, none is lost when the process is killed.
  const stream = destination({ dest: file ?? 2, append: true, sync: true })
  // A log on a full disk must not end the daemon.
  stream.on('error', () => {})
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[hidden]',
      },
    },
    stream,
  )
  return { logger, close: () => (file === null ? stream.flushSync() : stream.end()) }
}
