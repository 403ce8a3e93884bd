import { statSync } from 'node:fs'
import type { StatePaths } from '../../state/paths.js'
import { lastLogLines } from '../service/log-lines.js'
import { type LogLine, readLogLine } from '../service/log-text.js'
import { formatCount, formatSize, formatTime } from '../terminal/units.js'
import { type Finding, ok, problemOf, warning } from './check.js'

const MAX_LINES = 10_000
const DAY_MS = 86_400_000

/** Errors since the last start, and earlier crashes; failed starts before the last start are ignored. */
function failuresIn(text: string[]): LogLine[] {
  const lines = text.map(readLogLine)
  const start = lines.findLastIndex(({ message }) => message === 'listening')
  return lines.filter(({ level, fields }, index) => {
    const isFailure = level === 'error' || level === 'fatal'
    const isCrash = level === 'fatal' && fields.some(([name]) => name === 'err')
    return isFailure && (index > start || isCrash)
  })
}

/** The size of the logs, and the errors of the last day. */
export function checkLog({ log, oldLogs }: StatePaths, now: number): Finding {
  try {
    const sizes = [log, ...oldLogs].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
    const size = sizes.reduce((sum, one) => sum + one, 0)
    if (size === 0) return ok('log', 'none yet')
    const failures = failuresIn(lastLogLines(log, MAX_LINES)).filter(({ at }) => (at ?? 0) > now - DAY_MS)
    const last = failures.at(-1)
    if (last === undefined || last.at === null)
      return ok('log', `${log}, ${formatSize(size)} with rotated logs`)
    const time = formatTime(new Date(last.at).toISOString())
    const finding = `${formatCount(failures.length, 'error')} in the last day, at ${time}: ${last.message}`
    return warning('log', finding, 'spoold service logs -n 100')
  } catch (error) {
    return problemOf('log', error)
  }
}
