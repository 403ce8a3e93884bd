import prettyBytes from 'pretty-bytes'
import prettyMilliseconds from 'pretty-ms'

/** `1h 5m`, `12s`, `350ms`; `-` for null. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) return '-'
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))}ms`
  return prettyMilliseconds(seconds * 1000, { secondsDecimalDigits: 0, unitCount: 2 })
}

/** How long ago a time (ms since 1970) was, in one unit: `5m ago`. */
export function formatAge(at: number, now: number): string {
  return now - at < 1000 ? 'now' : `${prettyMilliseconds(now - at, { compact: true })} ago`
}

/** `1 chunk`, `2 chunks`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** `12 kB`. */
export function formatSize(bytes: number): string {
  return prettyBytes(bytes)
}

/** An ISO 8601 time as `2026-11-24 10:15:30` in local time. */
export function formatTime(iso: string): string
export function formatTime(iso: string | null): string | null
export function formatTime(iso: string | null): string | null {
  if (iso === null) return null
  const date = new Date(iso)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
