import { closeSync, fstatSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { escapeJson } from '../domain/text.js'
import { inspectEntry } from '../state/entries.js'
import { openPrivateLog } from '../state/private-file.js'
import { hasStateDirectory } from '../state/state-directory.js'
import { explainFailure } from './errors.js'

/** pino's number for `fatal`. */
const FATAL = 60

/**
 * Logs why a daemon did not start, because a service manager sends its standard error elsewhere. Writes nothing if the
 * log belongs to another user or is standard error itself. Never throws.
 */
export async function logServeFailure(log: string, error: unknown): Promise<void> {
  const { sentence } = await explainFailure(error)
  if (sentence === null) return
  let file: number | undefined
  try {
    if (!hasStateDirectory(dirname(log))) return
    inspectEntry(log, 'file')
    file = openPrivateLog(log)
    if (isStandardError(file)) return
    const line = { level: FATAL, time: new Date().toISOString(), pid: process.pid, msg: sentence }
    writeSync(file, `${escapeJson(JSON.stringify(line))}\n`)
  } catch {
    // The error is printed to standard error in any case.
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function isStandardError(file: number): boolean {
  const [log, stderr] = [fstatSync(file), fstatSync(2)]
  return log.ino === stderr.ino && log.dev === stderr.dev
}
