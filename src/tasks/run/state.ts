import type { Finish, Run } from '../../domain/store.js'
import type { StopReason } from '../../domain/task.js'
import type { AttachedProcess } from './attach.js'
import type { StartedRun } from './context.js'

/**
 * The state of a run. Each state has one function that does its work and returns the next state (run.ts):
 *
 *     launching ─┬─► following ─► draining ─► finishing ─► ended
 *     adopting ──┘
 *
 * - A run whose process is recorded is adopted: an earlier daemon, or a try that failed, launched it.
 * - A failed launch continues with finishing.
 * - Draining goes back to following if the last output is beyond the output limit.
 * - After a failure of ours the run starts over from what is stored. If it has to stop, it is terminating instead.
 */
export type RunState =
  | { name: 'launching'; run: Run }
  | { name: 'adopting'; run: StartedRun }
  | { name: 'following'; process: AttachedProcess }
  | { name: 'draining'; process: AttachedProcess; cause: ExitCause }
  | { name: 'terminating'; run: Run; reason: StopReason }
  | { name: 'finishing'; end: TaskEnd }
  | { name: 'ended' }

/** Why nothing more is to be expected of a process. */
export type ExitCause =
  | { kind: 'exited'; exitCode: number }
  /** Its dialogue was over; it may have been killed because it did not exit by itself. */
  | { kind: 'closed' }
  | { kind: 'stopped'; reason: StopReason; exitCode: number | null }
  /** No process is left, and no exit code was recorded. */
  | { kind: 'vanished'; rebooted: boolean }

/** How a task ends, before it is stored. */
export type TaskEnd = Pick<Finish, 'taskId' | 'attempt' | 'pieces' | 'outcome' | 'agentSessionId'>
