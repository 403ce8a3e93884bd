import type { StopReason, Task } from '../domain/task.js'

/** When a running task has to be looked at again, and why it would be stopped then. */
export interface Deadline {
  at: number
  reason: Extract<StopReason, 'timeout' | 'stalled'>
}

/**
 * The nearer of the time limit (counted from the start of the process, not from the request) and the silence limit
 * (counted from the last output); undefined without limits. Times in ms since 1970.
 */
export function nextDeadline(
  task: Task,
  startedAt: number,
  lastOutputAt: number | null,
): Deadline | undefined {
  const deadlines: Deadline[] = []
  if (task.timeoutMs !== null) deadlines.push({ at: startedAt + task.timeoutMs, reason: 'timeout' })
  if (task.stallMs !== null) {
    deadlines.push({ at: (lastOutputAt ?? startedAt) + task.stallMs, reason: 'stalled' })
  }
  return deadlines.sort((a, b) => a.at - b.at)[0]
}
