import type { AgentRegistry } from '../../domain/adapter.js'
import type { Processes } from '../../domain/processes.js'
import type { TaskStore } from '../../domain/store.js'
import type { Log } from '../log.js'
import type { Notifier } from '../notifier.js'

export interface RunLimits {
  /** Bytes of output that are kept of one task. */
  outputLimitBytes: number
  /** Between SIGTERM and SIGKILL. */
  killGraceMs: number
}

/** What the execution of tasks works with. */
export interface RunContext {
  store: TaskStore
  processes: Processes
  agents: AgentRegistry
  notifier: Notifier
  limits: RunLimits
  /** Working directories lie under one of these; empty for anywhere. */
  allowedRoots: string[]
  log: Log
  /** Wall clock, ms since 1970. */
  now(): number
}
