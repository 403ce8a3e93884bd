import { statSync } from 'node:fs'
import type { StatePaths } from '../../state/paths.js'
import { lastLogLines } from '../service/log-lines.js'
import { type LogLine, readLogLine } from '../service/log-text.js'
import { formatCount, formatSize, formatTime } from '../terminal/units.js'
import { type Finding, ok, refused, warning } from './check.js'

const LOOKED_AT = 10_000
const DAY = 86_400_000

/** Errors since the last start; of the time before it only what has ended a daemon, not what kept one from starting. */
function failuresIn(text: string[]): LogLine[] {
  const lines = text.map(readLogLine)
  const start = lines.findLastIndex(({ message }) => message === 'listening')
  return lines.filter(({ level, fields }, place) => {
    const isFailure = level === 'error' || level === 'fatal'
    const isCrash = level === 'fatal' && fields.some(([name]) => name === 'err')
    return isFailure && (place > start || isCrash)
  })
}

/** The size of the daemon's logs, and what went wrong in the last day by them. */
export function checkLog({ log, oldLogs }: StatePaths, now: number): Finding {
  try {
    const sizes = [log, ...oldLogs].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
    const size = sizes.reduce((sum, one) => sum + one, 0)
    if (size === 0) return ok('log', 'none yet')
    const failures = failuresIn(lastLogLines(log, LOOKED_AT)).filter(({ at }) => (at ?? 0) > now - DAY)
    const last = failures.at(-1)
    if (last === undefined || last.at === null)
      return ok('log', `${log}, ${formatSize(size)} with those before it`)
    const time = formatTime(new Date(last.at).toISOString())
    const finding = `${formatCount(failures.length, 'error')} in the last day, at ${time}: ${last.message}`
    return warning('log', finding, 'spoold service logs -n 100')
  } catch (error) {
    return refused('log', error)
  }
}
