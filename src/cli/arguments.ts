import { InvalidArgumentError } from 'commander'
import ms, { type StringValue } from 'ms'

/** Reads `30s`, `2h`, `7d` as milliseconds. A number without a unit is refused: nobody agrees on what it means. */
export function parseDuration(text: string): number {
  const isSpelled = /^\d+(\.\d+)?\s*[a-z]+$/i.test(text.trim())
  const duration = isSpelled ? ms(text.trim() as StringValue) : undefined
  if (duration === undefined || !Number.isFinite(duration)) {
    throw new InvalidArgumentError('It must be a time with a unit, for example 30s, 2h or 7d.')
  }
  return Math.round(duration)
}

/** A duration that a task can be given: the daemon counts in whole seconds, from one. */
export function parseTaskTime(text: string): number {
  const duration = parseDuration(text)
  if (duration <= 0) throw new InvalidArgumentError('It must be longer than 0.')
  return duration
}

export function parseIndex(text: string): number {
  const index = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(index)) {
    throw new InvalidArgumentError('It must be a whole number from 0.')
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

/** What the daemon is told, rounded up to whole seconds. */
export function inSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.ceil(milliseconds / 1000)
}
