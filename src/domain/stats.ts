/** What became of tasks. Times in ms, sizes in bytes. */
export interface TaskTally {
  tasks: number
  completed: number
  failed: number
  cancelled: number
  active: number
  /** Of the ended tasks that were started; null where there is none. The value that so many of a hundred do not exceed. */
  p50Ms: number | null
  p95Ms: number | null
  /** Of all their output. */
  bytes: number
}

export interface NamedTally extends TaskTally {
  /** An agent, or a day as `2026-11-24` in the local time of the daemon's machine. */
  name: string
}

export interface Stats {
  total: TaskTally
  /** The one with most tasks first. */
  byAgent: NamedTally[]
  /** The oldest first; a day without tasks is not among them. */
  byDay: NamedTally[]
}
