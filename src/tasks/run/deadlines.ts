import type { StopReason, Task } from '../../domain/task.js'

/** When a running task has to be looked at again, and why it would be stopped then. */
export interface Deadline {
  /** ms from now; not positive when it has passed. */
  left: number
  reason: Extract<StopReason, 'timeout' | 'stalled'>
}

export interface Deadlines {
  /** The process wrote something, whatever it was. */
  heard(): void
  /** The nearer of the time limit and the silence limit; undefined without limits. */
  next(): Deadline | undefined
  /** ms up to the time limit, not positive when it has passed; Infinity without one. */
  timeLeft(): number
}

/**
 * The time limit counts from the start of the process, not from the request; the silence limit from the last byte that
 * was read, and after a restart from the adoption, since nobody listened before.
 *
 * Counted with the monotonic clock: a clock that is set, or a machine that was asleep, ends nothing.
 *
 * @param age how long the process has run already, ms
 */
export function createDeadlines(task: Task, age: number): Deadlines {
  const begin = performance.now()
  const ranBefore = Math.max(0, age)
  let heardAt = begin
  const timeLeft = () =>
    task.timeoutMs === null
      ? Number.POSITIVE_INFINITY
      : begin - ranBefore + task.timeoutMs - performance.now()
  return {
    heard() {
      heardAt = performance.now()
    },
    next() {
      const deadlines: Deadline[] = []
      if (task.timeoutMs !== null) deadlines.push({ left: timeLeft(), reason: 'timeout' })
      if (task.stallMs !== null) {
        deadlines.push({ left: heardAt + task.stallMs - performance.now(), reason: 'stalled' })
      }
      return deadlines.sort((a, b) => a.left - b.left)[0]
    },
    timeLeft,
  }
}
