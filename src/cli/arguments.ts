import { InvalidArgumentError } from 'commander'
import ms, { type StringValue } from 'ms'

/** Parses `30s`, `2h` or `7d` to ms. A number without a unit is ambiguous and rejected. */
export function parseDuration(text: string): number {
  const hasUnit = /^\d+(\.\d+)?\s*[a-z]+$/i.test(text.trim())
  const duration = hasUnit ? ms(text.trim() as StringValue) : undefined
  if (duration === undefined || !Number.isFinite(duration)) {
    throw new InvalidArgumentError('It must be a time with a unit, for example 30s, 2h or 7d.')
  }
  return Math.round(duration)
}

/** A duration of a task: the daemon counts whole seconds, at least one. */
export function parseTaskTime(text: string): number {
  const duration = parseDuration(text)
  if (duration <= 0) throw new InvalidArgumentError('It must be longer than 0.')
  return duration
}

export function parseIndex(text: string): number {
  const index = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(index)) {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.')
  }
  return index
}

export function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError('It must be a port from 0 to 65535; 0 picks a free one.')
  }
  return port
}

/** Whole seconds, rounded up. */
export function inSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.ceil(milliseconds / 1000)
}
