import type { AgentRegistry } from '../../domain/adapter.js'
import type { Processes, ProcessIdentity } from '../../domain/processes.js'
import type { Run, TaskStore } from '../../domain/store.js'
import type { Log } from '../log.js'
import type { Notifier } from '../notifier.js'

export interface RunLimits {
  /** How much output of one task is kept, in bytes. */
  outputLimitBytes: number
  /** Time between SIGTERM and SIGKILL. */
  killGraceMs: number
}

/** What runs of tasks depend on. */
export interface RunContext {
  store: TaskStore
  processes: Processes
  agents: AgentRegistry
  notifier: Notifier
  limits: RunLimits
  /** Working directories must lie under one of these; an empty list allows any. */
  allowedRoots: string[]
  log: Log
  /** Wall clock, ms since 1970. */
  now(): number
}

/** A run whose process is recorded. */
export interface StartedRun extends Run {
  identity: ProcessIdentity
}
