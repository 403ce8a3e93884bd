import type { StopReason } from '../../domain/task.js'
import type { RunContext, StartedRun } from './context.js'
import type { RunControl } from './control.js'
import type { Conversation } from './conversation.js'

/** The end that spoold prepares for a process. */
export interface Termination {
  /** Kills the process, unless that is under way. Returns at once; `graceMs` is the time before SIGKILL. */
  start(graceMs?: number): void
  /** Kills the process for a reason: an agent in a dialogue first gets time to stop as it was asked. */
  startFor(reason: StopReason): void
  /** No process of the attempt is left. */
  isDone(): boolean
  /** No longer waits for an agent to stop as it was asked. */
  close(): void
}

/**
 * The kill runs in the background, so that what the process still prints during the grace period is committed as it
 * comes. A kill that fails is repeated the next time it is asked for.
 */
export function createTermination(
  run: StartedRun,
  conversation: Conversation | null,
  control: RunControl,
  { processes, limits, log }: RunContext,
): Termination {
  let state: 'not started' | 'started' | 'done' = 'not started'
  let delayedStart: NodeJS.Timeout | undefined

  function start(graceMs = limits.killGraceMs): void {
    if (state !== 'not started') return
    state = 'started'
    processes.kill(run, run.identity, graceMs).then(
      () => {
        state = 'done'
        control.changed.set()
      },
      (error: unknown) => {
        state = 'not started'
        clearTimeout(delayedStart)
        delayedStart = undefined
        log.error({ err: error, task: run.taskId }, 'a kill failed')
      },
    )
  }

  return {
    start,
    startFor(reason) {
      // During a grace period a runaway writer would fill the disk.
      if (reason === 'output_limit') start(0)
      else if (conversation === null || conversation.isOver()) start()
      else delayedStart ??= setTimeout(start, limits.killGraceMs)
    },
    isDone: () => state === 'done',
    close: () => clearTimeout(delayedStart),
  }
}
