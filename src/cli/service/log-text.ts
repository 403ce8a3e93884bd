import { escapeJson, joinLines } from '../../domain/text.js'
import { formatTime } from '../terminal/units.js'

/** One line of the daemon's log. Any other line, such as a stack trace of a crash, is only a message. */
export interface LogLine {
  /** ms since 1970; null if unknown. */
  at: number | null
  level: string | null
  message: string
  fields: [name: string, value: unknown][]
}

/** pino's numbers (https://getpino.io/#/docs/api?id=logger-level). */
const LEVELS: ReadonlyMap<unknown, string> = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
])

export function readLogLine(line: string): LogLine {
  const { level, time, pid: _pid, msg, ...fields } = parse(line)
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
  const name = LEVELS.get(level)
  if (name === undefined || Number.isNaN(at)) return { at: null, level: null, message: line, fields: [] }
  return { at, level: name, message: typeof msg === 'string' ? msg : '', fields: Object.entries(fields) }
}

/** `2026-11-24 10:15:30  info   listening  url=http://127.0.0.1:7463/mcp version=0.1.0`, cleaned, without a newline. */
export function formatLogLine(line: string): string {
  const { at, level, message, fields } = readLogLine(line)
  if (at === null || level === null) return joinLines(message)
  const details = fields.map(([name, value]) => `${name}=${formatValue(value)}`).join(' ')
  const time = formatTime(new Date(at).toISOString())
  return joinLines(`${time}  ${level.padEnd(5)}  ${message}${details === '' ? '' : `  ${details}`}`)
}

/** The line as one JSON object with escaped control characters. */
export function jsonLogLine(line: string): string {
  return escapeJson(readLogLine(line).level === null ? JSON.stringify({ msg: line }) : line)
}

/** Words unchanged, anything else as JSON; of an error only the message. */
function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value
  if (typeof value === 'object' && value !== null && 'message' in value && 'stack' in value) {
    return JSON.stringify(value.message)
  }
  return JSON.stringify(value)
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
