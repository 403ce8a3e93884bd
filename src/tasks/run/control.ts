import { type AsyncEvent, createAsyncEvent } from '../../domain/async-event.js'
import type { QuestionResponse } from '../../domain/question.js'
import type { Run } from '../../domain/store.js'
import type { StopReason } from '../../domain/task.js'
import { retryStorage } from '../storage-retry.js'
import type { RunContext } from './context.js'

/** Requests to a run from outside, and what it waits for. */
export interface RunControl {
  /** Set when anything here changes, and when the spool of the run changes: the run looks at everything again. */
  readonly changed: AsyncEvent
  /** Why the task has to stop; null while it may continue. The first reason is kept. */
  readonly stopReason: StopReason | null
  /** Aborts with the first reason to stop. */
  readonly stopped: AbortSignal
  /** Aborts when the daemon lets go of the task. */
  readonly detached: AbortSignal
  /** The agent waits for a person's response and does no work meanwhile. */
  readonly isWaiting: boolean
  setWaiting(isWaiting: boolean): void
  /** Stops the task for a reason that is stored already, or could not be stored. */
  stop(reason: StopReason): void
  /** Stores the reason and stops the task. */
  requestStop(reason: StopReason): Promise<void>
  /** Passes on a person's response, which is stored. */
  respond(response: QuestionResponse): void
  /** Takes up a stored response that was not passed on to the agent yet. */
  restoreResponse(response: QuestionResponse | null): void
  /** The response to pass on to the agent; null if there is none. Returns each response once. */
  removeResponse(): QuestionResponse | null
  detach(): void
  /** The run is over. */
  close(): void
}

/** @param onWaitingChange called after `isWaiting` was set */
export function createRunControl(
  claimed: Run,
  { store, log }: RunContext,
  onWaitingChange: () => void,
): RunControl {
  const { taskId } = claimed
  const changed = createAsyncEvent()
  const stopped = new AbortController()
  const detached = new AbortController()
  const closed = new AbortController()
  let stopReason = claimed.stopReason
  let pendingResponse: QuestionResponse | null = null
  let isWaiting = claimed.task.status === 'input_required'
  if (stopReason !== null) stopped.abort()

  function stop(reason: StopReason): void {
    stopReason ??= reason
    stopped.abort()
    changed.set()
  }

  return {
    changed,
    stopped: stopped.signal,
    detached: detached.signal,

    get stopReason() {
      return stopReason
    },

    get isWaiting() {
      return isWaiting
    },

    setWaiting(waiting) {
      isWaiting = waiting
      onWaitingChange()
    },

    stop,

    async requestStop(reason) {
      const storeReason = () => store.requestStop(taskId, reason)
      try {
        const stored = await storeReason()
        if (stored !== undefined) stop(stored)
      } catch (error) {
        log.warn({ err: error, task: taskId, reason }, 'stopping a task whose stop reason is not stored yet')
        // The process is killed all the same: it may be the one that fills the disk.
        stop(reason)
        // The end of the task carries the reason too; this is for a daemon that dies before it.
        retryStorage(storeReason, 'a stop', log, closed.signal).catch(() => {})
      }
    },

    respond(response) {
      pendingResponse = response
      changed.set()
    },

    restoreResponse(response) {
      pendingResponse ??= response
    },

    removeResponse() {
      const response = pendingResponse
      pendingResponse = null
      return response
    },

    detach() {
      detached.abort()
      changed.set()
    },

    close: () => closed.abort(),
  }
}
