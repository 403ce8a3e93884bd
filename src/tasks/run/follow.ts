import type { StopReason } from '../../domain/task.js'
import type { AttachedProcess } from './attach.js'
import type { RunContext } from './context.js'
import type { RunControl } from './control.js'
import type { ExitCause, RunState } from './state.js'

/** The longest wait of a round, because a file watcher can miss a change. */
const SAFETY_POLL_MS = 2_000
/** After output was committed, the output of this time is gathered into one chunk, up to GATHER_BYTES of it. */
const GATHER_MS = 25
const GATHER_BYTES = 16 * 1024
/** The shortest time between two searches for the remaining processes of a killed wrapper. */
const REMAINING_CHECK_MS = 1_000

/**
 * Follows a process until it has ended, and commits its output as it comes. Each round checks everything: process,
 * limits, dialogue and output. Then it waits for the next change or deadline.
 */
export async function follow(
  process: AttachedProcess,
  control: RunControl,
  context: RunContext,
): Promise<RunState> {
  const { run, ingest, conversation, deadlines, termination } = process
  const { processes } = context
  const hasRemaining = createRemainingCheck(process, context)

  for (;;) {
    control.detached.throwIfAborted()
    // In this order, life, exit code, output: what is read after the end of a process is its complete output.
    const isAlive = processes.isAlive(run.identity)
    const exitCode = processes.exitCode(run)
    const limit = control.stopReason === null ? exceededLimit(exitCode) : null
    if (limit !== null) await control.requestStop(limit)
    if (conversation !== null && exitCode === undefined) {
      await conversation.step(isAlive)
      if (conversation.isWaiting()) deadlines.resetSilence()
    }
    const cause = findExitCause(isAlive, exitCode)
    if (cause !== undefined) return { name: 'draining', process, cause }

    if ((await ingest.readNext()) > 0) {
      deadlines.resetSilence()
      await gather()
    } else {
      await control.changed.wait(msUntilNextRound())
    }
  }

  function exceededLimit(exitCode: number | undefined): StopReason | null {
    if (ingest.isOverLimit()) return 'output_limit'
    if (!process.isWorking(exitCode)) return null
    const { reason, leftMs } = deadlines.next()
    // Unread output breaks the silence: it is read before a task is called stalled.
    if (leftMs > 0 || (reason === 'stalled' && ingest.unreadBytes() > 0)) return null
    return reason
  }

  /** Why the process has ended; undefined while it runs. Starts to kill a process that has to end. */
  function findExitCause(isAlive: boolean, exitCode: number | undefined): ExitCause | undefined {
    const { stopReason } = control
    if (termination.isDone()) {
      if (stopReason === null) return { kind: 'closed' }
      return { kind: 'stopped', reason: stopReason, exitCode: processes.exitCode(run) ?? null }
    }
    if (stopReason !== null) {
      // An agent that has ended cannot be asked to stop.
      if (exitCode !== undefined || !isAlive) termination.start()
      else termination.startFor(stopReason)
      return undefined
    }
    if (exitCode !== undefined) return { kind: 'exited', exitCode }
    // A task whose wrapper was killed lasts as long as any of its processes.
    if (!isAlive && !hasRemaining()) {
      return { kind: 'vanished', rebooted: processes.isFromEarlierBoot(run.identity) }
    }
    if (conversation?.exitGraceLeftMs() === 0) termination.start()
    return undefined
  }

  function msUntilNextRound(): number {
    const isLimited = control.stopReason === null && !conversation?.isOver()
    const deadlineMs = isLimited ? Math.max(0, deadlines.next().leftMs) : SAFETY_POLL_MS
    // When the grace period is over, the process is being killed, which needs no deadline.
    const graceMs = conversation?.exitGraceLeftMs() || SAFETY_POLL_MS
    return Math.min(SAFETY_POLL_MS, deadlineMs, graceMs)
  }

  /** Lets a stream of tokens grow into a chunk. */
  async function gather(): Promise<void> {
    const until = performance.now() + GATHER_MS
    for (;;) {
      const leftMs = until - performance.now()
      if (leftMs <= 0 || ingest.unreadBytes() >= GATHER_BYTES || control.detached.aborted) return
      await control.changed.wait(leftMs)
    }
  }
}

/** The search walks through all processes of the machine, so it is not done in every round. */
function createRemainingCheck({ run }: AttachedProcess, { processes, log }: RunContext): () => boolean {
  let checkedAt: number | undefined
  return () => {
    const now = performance.now()
    if (checkedAt === undefined) log.warn({ task: run.taskId }, 'the wrapper of a task is gone')
    else if (now - checkedAt < REMAINING_CHECK_MS) return true
    checkedAt = now
    return processes.hasRemaining(run, run.identity)
  }
}
