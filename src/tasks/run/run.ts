import { setTimeout as delay } from 'node:timers/promises'
import type { AgentAdapter } from '../../domain/adapter.js'
import type { Piece } from '../../domain/chunk.js'
import type { ProcessIdentity } from '../../domain/processes.js'
import type { QuestionResponse } from '../../domain/question.js'
import type { Finish, Run } from '../../domain/store.js'
import type { StopReason } from '../../domain/task.js'
import { createAsyncEvent } from '../async-event.js'
import { retryStorage } from '../storage-retry.js'
import type { RunContext } from './context.js'
import { createConversation } from './conversation.js'
import { follow } from './follow.js'
import { createIngest, type IngestBatch } from './ingest.js'
import { FIRST_NOTICE, launch, savedDecoder } from './launch.js'
import { endPieces, ofStop } from './outcome.js'
import { judge, lossNotice, nothingDropped } from './verdict.js'

/** Pauses after a failure that nobody foresaw; the process goes on meanwhile. */
const RETRY_PAUSES_MS = [1_000, 5_000, 30_000, 60_000]

/** A task under execution in this daemon. */
export interface ActiveRun {
  readonly taskId: string
  readonly agent: string
  /** Resolves when the task has ended, or was let go. Never rejects. */
  readonly done: Promise<void>
  /** Its agent waits for a person, and works on nothing meanwhile. */
  waits(): boolean
  /** It is to be stopped, whether or not the reason could be stored already. */
  stop(reason: StopReason): void
  /** A person answered what the agent asked; the answer is stored. */
  answer(answer: QuestionResponse): void
  /** The daemon stops. The process goes on, its output waits in the spool. */
  detach(): void
}

/**
 * Executes a claimed or adopted task: launch (where it has no process yet), follow, finish.
 * This is the way of a task, in one place; each step has its own file. `roomChanged` is called when it begins or ends to
 * wait for a person.
 */
export function execute(claimed: Run, context: RunContext, roomChanged: () => void): ActiveRun {
  const { store, log } = context
  const detached = new AbortController()
  const stopped = new AbortController()
  const over = new AbortController()
  const signals = { stopped: stopped.signal, detached: detached.signal }
  const wakeup = createAsyncEvent()
  let stopReason = claimed.stopReason
  let given: QuestionResponse | null = null
  let waits = claimed.task.status === 'input_required'
  if (stopReason !== null) stopped.abort()

  function takeAnswer(): QuestionResponse | null {
    const answer = given
    given = null
    return answer
  }

  function stop(reason: StopReason): void {
    stopReason ??= reason
    stopped.abort()
    wakeup.wake()
  }

  /** Where the reason cannot be stored yet the process is ended all the same: it may be what fills the disk. */
  async function requestStop(reason: StopReason): Promise<void> {
    const step = () => store.requestStop(claimed.taskId, reason)
    try {
      const stored = await step()
      if (stored !== undefined) stop(stored)
    } catch (error) {
      log.warn(
        { err: error, task: claimed.taskId, reason },
        'a task is stopped, its reason is not stored yet',
      )
      stop(reason)
      // Its end tells the reason too; this is for a daemon that dies before that.
      retryStorage(step, 'a stop', log, over.signal).catch(() => {})
    }
  }

  async function attempt(run: Run): Promise<void> {
    const began = run.identity ? adopt(run, run.identity, context) : await begin(run)
    if (began) await followToTheEnd(began.run, began.identity, began.adapter)
  }

  async function begin(run: Run) {
    const launched = await launch(run, context, signals)
    context.notifier.notifyTask(run.taskId)
    if (launched.started) {
      // The notice that tells of the start is chunk 0.
      const task = { ...run.task, chunkCount: run.task.chunkCount + 1 }
      return { ...launched, run: { ...run, task, decoderState: launched.saved } }
    }
    const { endReason, error } = launched
    const outcome: Finish['outcome'] =
      stopReason === null
        ? { status: 'failed', endReason, error, exitCode: null }
        : ofStop(stopReason, run.task, { exitCode: null, ...nothingDropped(context) })
    await finish(run, [{ kind: 'notice', content: FIRST_NOTICE }], outcome, null)
    return undefined
  }

  async function followToTheEnd(run: Run, identity: ProcessIdentity, adapter: AgentAdapter): Promise<void> {
    // Stored, and not yet handed on: by a daemon before, or by a try that failed.
    given ??= run.answer
    const spool = context.processes.openSpool(run.taskId)
    const commit = async (batch: IngestBatch) => {
      const at = context.now()
      const decoderState = { kind: adapter.kind, state: batch.decoderState }
      const append = { ...batch, taskId: run.taskId, attempt: run.attempt, at, decoderState }
      await retryStorage(() => store.append(append), 'output', log, detached.signal)
      context.notifier.notifyOutput(run.taskId)
      if (batch.question === undefined) return
      waits = batch.question !== null
      context.notifier.notifyList()
      roomChanged()
    }
    try {
      const { outputLimitBytes: outputLimit } = context.limits
      const decoder = adapter.decoder(savedDecoder(run.decoderState).state)
      const ingest = createIngest({ run, spool, decoder, outputLimit, commit })
      const { dialogue } = decoder
      const conversation = dialogue
        ? createConversation({
            task: run.task,
            dialogue,
            input: context.processes.openInput(run),
            ingest,
            log,
            detached: detached.signal,
          })
        : null
      const followed = { run, identity, spool, ingest, conversation, requestStop }
      const orders = { stopReason: () => stopReason, takeAnswer, ...signals, wakeup }
      const ending = await follow(followed, orders, context)
      const pieces = ingest.lastPieces()
      const outcome = judge(ending, run, adapter, ingest, context)
      pieces.push(...lossNotice(outcome, ingest.droppedBytes()))
      await finish(run, pieces, outcome, adapter.agentSessionId(ingest.decoderState()))
    } finally {
      spool.close()
    }
  }

  async function finish(
    run: Run,
    pieces: Piece[],
    outcome: Finish['outcome'],
    agentSessionId: string | null,
  ): Promise<void> {
    const { taskId, attempt } = run
    const step = { taskId, attempt, ...endPieces(pieces, outcome), outcome, agentSessionId }
    const task = await retryStorage(
      () => store.finish({ ...step, at: context.now() }),
      'an end',
      log,
      detached.signal,
    )
    context.notifier.notifyOutput(taskId)
    context.notifier.notifyList()
    // What cannot be removed now goes with the next purge.
    await context.processes
      .discardSpool(taskId)
      .catch((error: unknown) => log.warn({ err: error, task: taskId }, 'a spool could not be removed'))
    log.info({ task: taskId, status: task.status, reason: task.endReason, exitCode: task.exitCode }, 'ended')
  }

  /**
   * Nothing but a cancel, a limit or the agent ends work: an error of ours is logged and the task is taken up again. Only
   * where it is to be stopped anyway, it is stopped without reading on.
   */
  async function supervise(): Promise<void> {
    let run: Run | undefined = claimed
    for (let failures = 0; run && !detached.signal.aborted; failures += 1) {
      try {
        return stopReason !== null && failures > 0 ? await stopUnread(run, stopReason) : await attempt(run)
      } catch (error) {
        if (detached.signal.aborted) return
        log.error({ err: error, task: claimed.taskId }, 'following a task failed, it is taken up again')
        const pause = RETRY_PAUSES_MS[Math.min(failures, RETRY_PAUSES_MS.length - 1)]
        const signal = stopped.signal.aborted
          ? detached.signal
          : AbortSignal.any([stopped.signal, detached.signal])
        await delay(pause, undefined, { signal }).catch(() => {})
        run = await reload()
      }
    }
  }

  /** As the last commit left it: what this daemon remembers may be older. Undefined when the task has ended. */
  async function reload(): Promise<Run | undefined> {
    while (!detached.signal.aborted) {
      const runs = await store.activeRuns().catch(() => undefined)
      if (runs) return runs.find((other) => other.taskId === claimed.taskId)
      await delay(RETRY_PAUSES_MS[0], undefined, { signal: detached.signal }).catch(() => {})
    }
    return undefined
  }

  async function stopUnread(run: Run, reason: StopReason): Promise<void> {
    if (run.identity) await context.processes.kill(run, run.identity, context.limits.killGraceMs)
    const outcome = ofStop(reason, run.task, { exitCode: null, ...nothingDropped(context) })
    await finish(run, [], outcome, null)
  }

  return {
    taskId: claimed.taskId,
    agent: claimed.task.agent,
    done: supervise().finally(() => over.abort()),
    waits: () => waits,
    stop,
    answer(answer) {
      given = answer
      wakeup.wake()
    },
    detach() {
      detached.abort()
      wakeup.wake()
    },
  }
}

function adopt(run: Run, identity: ProcessIdentity, { agents }: RunContext) {
  return { run, identity, adapter: agents.adapterOf(savedDecoder(run.decoderState).kind) }
}
