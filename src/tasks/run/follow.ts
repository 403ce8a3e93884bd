import type { ProcessIdentity, SpoolReader } from '../../domain/processes.js'
import type { QuestionResponse } from '../../domain/question.js'
import type { Run } from '../../domain/store.js'
import { isEnded, type StopReason, type Task } from '../../domain/task.js'
import type { AsyncEvent } from '../async-event.js'
import type { RunContext } from './context.js'
import type { Conversation } from './conversation.js'
import { createDeadlines, type Deadlines } from './deadlines.js'
import type { Ingest } from './ingest.js'

/** What follows within this time after a commit becomes one chunk; the first piece is committed at once. */
const COALESCE_MS = 25
/** As much output ends the wait for more: a commit is worth its cost. */
const GATHER_BYTES = 16 * 1024
/** Behind the file watcher: how often a silent process is looked at. */
const SAFETY_POLL_MS = 2_000

export type ExitCause =
  | { how: 'exited'; exitCode: number }
  /** Its dialogue was over, and the process was ended since it did not end by itself. */
  | { how: 'dismissed' }
  | { how: 'stopped'; reason: StopReason; exitCode: number | null }
  | { how: 'vanished'; rebooted: boolean }

/** What may be said to a run from outside while it is followed. */
export interface RunControl {
  /** Why it is to be stopped, null while it is not. */
  stopReason(): StopReason | null
  /** What a person answered to the agent's question, taken once; null where there is nothing new. */
  takeAnswer(): QuestionResponse | null
  /** Aborts when there is a reason to stop. */
  stopped: AbortSignal
  /** Aborts when the daemon lets go of its tasks. */
  detached: AbortSignal
  /** Called whenever there is news from either of them. */
  wakeup: AsyncEvent
}

export interface Followed {
  run: Run
  identity: ProcessIdentity
  spool: SpoolReader
  ingest: Ingest
  /** For an agent that is spoken to while it runs. */
  conversation: Conversation | null
  /** Orders a stop; the first reason stays. */
  requestStop(reason: StopReason): Promise<void>
}

/**
 * Follows a process from wherever its spool was read to, up to its end, with all output committed.
 * Rejects when the daemon lets go of it.
 */
export async function follow(
  followed: Followed,
  orders: RunControl,
  context: RunContext,
): Promise<ExitCause> {
  const { run, identity, spool, ingest, conversation } = followed
  const { processes: runner } = context
  const now = context.now()
  const age = runner.ageMs(identity) ?? now - startOf(run.task, now)
  const deadlines = createDeadlines(run.task, age)
  const kill = createKill(followed, orders.wakeup, context)
  const survivors = createRemainingWatch(followed, context)
  const tellOfFailedGuard = (error: unknown) =>
    context.log.error({ err: error, task: run.taskId }, 'a limit could not be applied, it is tried again')
  // At once, even while output waits for a full disk: it may be this task that fills it.
  const onStop = () => kill.beginOrWait(orders.stopReason())
  orders.stopped.addEventListener('abort', onStop, { once: true })
  // It may have been stored by the daemon before.
  onStop()
  const guard = setInterval(() => guardLimits().catch(tellOfFailedGuard), SAFETY_POLL_MS)
  try {
    return await followUntilEnd()
  } finally {
    clearInterval(guard)
    orders.stopped.removeEventListener('abort', onStop)
    kill.stopWaiting()
  }

  /** An agent that has ended, or said its last word, is past all limits but that of its output. */
  function isAtWork(exitCode: number | undefined): boolean {
    return exitCode === undefined && !conversation?.isOver()
  }

  /**
   * A look lasts as long as its output waits for the storage. What holds meanwhile are the limits that do not ask what has
   * been read, and a kill that failed is tried again.
   */
  async function guardLimits(): Promise<void> {
    const reason = orders.stopReason()
    if (reason !== null) return kill.beginOrWait(reason)
    if (ingest.isOverLimit()) return followed.requestStop('output_limit')
    if (deadlines.timeLeft() > 0 || !runner.isAlive(identity)) return
    if (isAtWork(runner.exitCode(run))) await followed.requestStop('timeout')
  }

  async function followUntilEnd(): Promise<ExitCause> {
    for (;;) {
      orders.detached.throwIfAborted()
      // Life and exit code first, in this order, and the output after them: what is read then is all there is.
      const alive = runner.isAlive(identity)
      const exitCode = runner.exitCode(run)
      if (orders.stopReason() === null) await applyLimits(followed, deadlines, isAtWork(exitCode))
      if (conversation && exitCode === undefined) await converse(conversation, deadlines, alive)

      const reason = orders.stopReason()
      if (kill.isDone()) {
        await ingest.drain()
        if (reason === null) return { how: 'dismissed' }
        return { how: 'stopped', reason, exitCode: runner.exitCode(run) ?? null }
      }
      // An agent that has ended has nothing more to say to a cancel.
      if (reason !== null && (exitCode !== undefined || !alive)) kill.begin()
      else if (reason !== null) kill.beginOrWait(reason)
      else if (exitCode !== undefined) {
        await ingest.drain()
        // The end of the output may have been beyond the limit.
        if (!ingest.isOverLimit()) return { how: 'exited', exitCode }
        continue
      } else if (!alive && !survivors.remain()) {
        await ingest.drain()
        // Its own word that the turn is done is proof, whatever became of the process.
        if (conversation?.isOver()) return { how: 'dismissed' }
        return { how: 'vanished', rebooted: runner.isFromEarlierBoot(identity) }
      } else if (conversation?.isOverdue()) kill.begin()

      const read = await ingest.round()
      if (read > 0) {
        deadlines.heard()
        await gather(followed, orders)
      } else await spool.changed(untilNextLook(reason), orders.wakeup.signal())
    }
  }

  function untilNextLook(reason: StopReason | null): number {
    // Nothing more is expected of it but its end, and that is a kill or a change in the spool.
    const farewell = conversation?.farewellLeft() ?? SAFETY_POLL_MS
    const deadline = reason === null && !conversation?.isOver() ? deadlines.next() : undefined
    return Math.min(SAFETY_POLL_MS, farewell || SAFETY_POLL_MS, Math.max(0, deadline?.left ?? SAFETY_POLL_MS))
  }

  /** The part of a look that speaks to the agent. */
  async function converse(talk: Conversation, heard: Deadlines, alive: boolean): Promise<void> {
    if (!alive) talk.ring()
    const answer = orders.takeAnswer()
    const reason = orders.stopReason()
    if (reason !== null && reason !== 'output_limit') await talk.cancel()
    else if (answer !== null && reason === null) await talk.answer(answer)
    if (talk.isWaiting()) heard.heard()
    await talk.giveUpIfUnready()
    await talk.speak()
  }
}

/**
 * A task whose wrapper was killed lasts as long as any of its processes. Looking for them costs a walk through all
 * processes of the machine, so it is not done for each piece of output.
 */
function createRemainingWatch({ run, identity }: Followed, { processes: runner, log }: RunContext) {
  let lookedAt: number | undefined
  return {
    remain(): boolean {
      const now = performance.now()
      if (lookedAt === undefined) log.warn({ task: run.taskId }, 'the wrapper of a task is gone')
      if (lookedAt !== undefined && now - lookedAt < SAFETY_POLL_MS / 2) return true
      lookedAt = now
      return runner.hasRemaining(run, identity)
    },
  }
}

/** The start that time limits count from; a task under execution always has one. */
function startOf(task: Task, now: number): number {
  return task.status === 'pending' || isEnded(task) ? now : task.startedAt
}

async function applyLimits(followed: Followed, deadlines: Deadlines, running: boolean): Promise<void> {
  if (followed.ingest.isOverLimit()) return followed.requestStop('output_limit')
  const deadline = running ? deadlines.next() : undefined
  if (deadline === undefined || deadline.left > 0) return
  // What waits in the spool was said: it is read before a task is called silent.
  if (deadline.reason === 'stalled' && followed.ingest.unread() > 0) return
  await followed.requestStop(deadline.reason)
}

/** Lets a token stream grow into a chunk, but no longer than the window. */
async function gather(followed: Followed, orders: RunControl): Promise<void> {
  const until = performance.now() + COALESCE_MS
  for (;;) {
    const left = until - performance.now()
    if (left <= 0 || followed.ingest.unread() >= GATHER_BYTES || orders.detached.aborted) return
    await followed.spool.changed(left, orders.detached)
  }
}

/**
 * Kills once, in the background, so that what the process still says during the grace is committed as it comes. An
 * agent that is spoken to is asked first, and killed when it has answered or its grace is over.
 */
function createKill({ run, identity, conversation }: Followed, wakeup: AsyncEvent, context: RunContext) {
  const { processes: runner, limits, log } = context
  let state: 'not begun' | 'under way' | 'done' = 'not begun'
  let patience: NodeJS.Timeout | undefined

  function begin(graceMs = limits.killGraceMs): void {
    if (state !== 'not begun') return
    state = 'under way'
    runner.kill(run, identity, graceMs).then(
      () => {
        state = 'done'
        wakeup.wake()
      },
      (error: unknown) => {
        // Cancelled means gone: it is tried again at the next look.
        state = 'not begun'
        clearTimeout(patience)
        patience = undefined
        log.error({ err: error, task: run.taskId }, 'a kill failed')
      },
    )
  }

  return {
    isDone: () => state === 'done',
    begin,
    beginOrWait(reason: StopReason | null): void {
      if (reason === null) return
      // A runaway writer fills the disk while one is polite to it.
      if (reason === 'output_limit') begin(0)
      else if (!conversation || conversation.isOver()) begin()
      else patience ??= setTimeout(begin, limits.killGraceMs)
    },
    stopWaiting: () => clearTimeout(patience),
  }
}
