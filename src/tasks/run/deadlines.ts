import type { StopReason, Task } from '../../domain/task.js'

/** The limit of a running task that is reached next. */
export interface Deadline {
  reason: Extract<StopReason, 'timeout' | 'stalled'>
  /** Not positive once it is reached; Infinity if the task has no such limit. */
  leftMs: number
}

export interface Deadlines {
  /** Restarts the silence limit: the process wrote something, or its agent waits for a person. */
  resetSilence(): void
  /** The time limit or the silence limit, whichever is reached first. */
  next(): Deadline
  /** Time until the time limit; not positive once it is reached, Infinity without one. */
  timeLeftMs(): number
}

/**
 * The time limit counts from the start of the process, not from the request. The silence limit counts from the last
 * byte that was read, and after a restart from the adoption, because no daemon was reading before.
 *
 * Both use the monotonic clock: neither setting the clock nor suspending the machine ends a task.
 *
 * @param ageMs how long the process has been running already
 */
export function createDeadlines(task: Task, ageMs: number): Deadlines {
  const startedAt = performance.now() - Math.max(0, ageMs)
  let lastOutputAt = performance.now()

  function timeLeftMs(): number {
    return task.timeoutMs === null ? Number.POSITIVE_INFINITY : startedAt + task.timeoutMs - performance.now()
  }

  function silenceLeftMs(): number {
    return task.stallMs === null ? Number.POSITIVE_INFINITY : lastOutputAt + task.stallMs - performance.now()
  }

  return {
    resetSilence() {
      lastOutputAt = performance.now()
    },
    next() {
      const [time, silence] = [timeLeftMs(), silenceLeftMs()]
      return time <= silence ? { reason: 'timeout', leftMs: time } : { reason: 'stalled', leftMs: silence }
    },
    timeLeftMs,
  }
}
