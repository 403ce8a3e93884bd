import { setTimeout as delay } from 'node:timers/promises'
import type { QuestionResponse } from '../../domain/question.js'
import type { Run } from '../../domain/store.js'
import type { StopReason } from '../../domain/task.js'
import { attach } from './attach.js'
import type { RunContext } from './context.js'
import { createRunControl, type RunControl } from './control.js'
import { drain } from './drain.js'
import { finish } from './finish.js'
import { follow } from './follow.js'
import { outcomeOfStop } from './judge.js'
import { launch } from './launch.js'
import type { RunState } from './state.js'

/** Pauses after internal failures; the process keeps running meanwhile. */
const RETRY_PAUSES_MS = [1_000, 5_000, 30_000, 60_000] as const

/** A task that this daemon runs. */
export interface ActiveRun {
  readonly taskId: string
  readonly agent: string
  /** Resolves when the task has ended, or the daemon has let go of it. Never rejects. */
  readonly done: Promise<void>
  /** Its agent waits for a person, and does no work meanwhile. */
  isWaiting(): boolean
  /** Stops the task, whether or not the reason could be stored. */
  stop(reason: StopReason): void
  /** Passes on a person's response, which is stored. */
  respond(response: QuestionResponse): void
  /** Detaches from the task. Its process keeps running, and its output stays in the spool. */
  detach(): void
}

/**
 * Runs a claimed or adopted task to its end. `onWaitingChange` is called when its agent starts or stops waiting for a
 * person.
 */
export function startRun(claimed: Run, context: RunContext, onWaitingChange: () => void): ActiveRun {
  const control = createRunControl(claimed, context, onWaitingChange)
  const { stop, respond, detach } = control
  return {
    taskId: claimed.taskId,
    agent: claimed.task.agent,
    done: runToEnd(claimed, control, context).finally(control.close),
    isWaiting: () => control.isWaiting,
    stop,
    respond,
    detach,
  }
}

/**
 * Only a cancel, a limit or the agent itself ends a task. So after a failure of ours the run starts over, unless it has
 * to stop anyway.
 */
async function runToEnd(claimed: Run, control: RunControl, context: RunContext): Promise<void> {
  let state = firstState(claimed)
  let failures = 0
  while (state.name !== 'ended') {
    try {
      control.detached.throwIfAborted()
      state = await nextState(state, control, context)
    } catch (error) {
      if ('process' in state) state.process.close()
      if (control.detached.aborted) return
      context.log.error({ err: error, task: claimed.taskId }, 'a run failed; starting it over')
      await pauseAfter(failures, control)
      failures += 1
      state = await reload(claimed.taskId, control, context)
    }
  }
}

/** The way of a task, in one place: each state has its own file. */
async function nextState(state: RunState, control: RunControl, context: RunContext): Promise<RunState> {
  switch (state.name) {
    case 'launching':
      return launch(state.run, control, context)
    case 'adopting':
      return { name: 'following', process: attach(state.run, control, context) }
    case 'following':
      return follow(state.process, control, context)
    case 'draining':
      return drain(state.process, state.cause, context)
    case 'terminating':
      return terminate(state.run, state.reason, context)
    case 'finishing':
      return finish(state.end, control, context)
    case 'ended':
      return state
  }
}

function firstState(run: Run): RunState {
  const { identity } = run
  return identity === null ? { name: 'launching', run } : { name: 'adopting', run: { ...run, identity } }
}

/** After a failure of a run that has to stop: its process is killed, and its unread output is given up. */
async function terminate(run: Run, reason: StopReason, { processes, limits }: RunContext): Promise<RunState> {
  const { taskId, attempt, identity, task } = run
  if (identity !== null) await processes.kill(run, identity, limits.killGraceMs)
  const outcome = outcomeOfStop(reason, task, { ...limits, exitCode: null, droppedBytes: 0 })
  return { name: 'finishing', end: { taskId, attempt, pieces: [], outcome, agentSessionId: null } }
}

/** A stop ends the pause. */
async function pauseAfter(failures: number, { stopped, detached }: RunControl): Promise<void> {
  const pauseMs = RETRY_PAUSES_MS[Math.min(failures, RETRY_PAUSES_MS.length - 1)]
  const signal = stopped.aborted ? detached : AbortSignal.any([stopped, detached])
  await delay(pauseMs, undefined, { signal }).catch(() => {})
}

/** Starts over from the last commit, because what this daemon remembers may be older. */
async function reload(taskId: string, control: RunControl, { store }: RunContext): Promise<RunState> {
  while (!control.detached.aborted) {
    const runs = await store.activeRuns().catch(() => undefined)
    if (runs !== undefined) {
      const run = runs.find((active) => active.taskId === taskId)
      if (run === undefined) return { name: 'ended' }
      const reason = control.stopReason
      return reason === null ? firstState(run) : { name: 'terminating', run, reason }
    }
    await delay(RETRY_PAUSES_MS[0], undefined, { signal: control.detached }).catch(() => {})
  }
  return { name: 'ended' }
}
