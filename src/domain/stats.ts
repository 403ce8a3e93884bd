/** Outcomes of tasks. Times in ms, sizes in bytes. */
export interface TaskTally {
  tasks: number
  completed: number
  failed: number
  cancelled: number
  active: number
  /** Percentiles of the durations of ended tasks; null if there are none. */
  p50Ms: number | null
  p95Ms: number | null
  /** Of all output. */
  bytes: number
}

export interface NamedTally extends TaskTally {
  /** An agent, or a day such as `2026-11-24` in the local time of the daemon's machine. */
  name: string
}

export interface Stats {
  total: TaskTally
  /** The agent with most tasks first. */
  byAgent: NamedTally[]
  /** Oldest first; days without tasks are left out. */
  byDay: NamedTally[]
}
