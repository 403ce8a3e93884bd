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
 * Leaves in the log why a daemon did not start: where a service manager runs it, its standard error goes elsewhere. Nothing
 * is written where the log is not this user's, or standard error is the log already. Never throws.
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
    // The sentence goes to standard error in any case.
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function isStandardError(file: number): boolean {
  const [log, own] = [fstatSync(file), fstatSync(2)]
  return log.ino === own.ino && log.dev === own.dev
}
