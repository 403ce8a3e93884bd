import type { AgentAdapter } from '../../domain/adapter.js'
import { SpoolError } from '../../domain/errors.js'
import { isObject, type Json } from '../../domain/json.js'
import type { Run } from '../../domain/store.js'
import { isEnded } from '../../domain/task.js'
import { retryStorage } from '../storage-retry.js'
import type { RunContext, StartedRun } from './context.js'
import type { RunControl } from './control.js'
import { type Conversation, createConversation } from './conversation.js'
import { createDeadlines, type Deadlines } from './deadlines.js'
import { createIngest, type Ingest, type IngestBatch } from './ingest.js'
import { createTermination, type Termination } from './termination.js'

/** Interval at which limits are checked apart from the reading of output. */
const LIMIT_CHECK_INTERVAL_MS = 2_000

/** A process that this daemon follows, with its spool open. */
export interface AttachedProcess {
  run: StartedRun
  adapter: AgentAdapter
  ingest: Ingest
  /** For an agent in a dialogue. */
  conversation: Conversation | null
  deadlines: Deadlines
  termination: Termination
  /** Whether time and silence limits apply: not once the agent has exited, or its dialogue is over. */
  isWorking(exitCode: number | undefined): boolean
  /** Lets go of the process. Closing twice is no error. */
  close(): void
}

/** The state of a decoder as it is stored: with the kind of its adapter, since the agent's settings can change. */
export function toStoredState(adapter: AgentAdapter, state: Json): Json {
  return { kind: adapter.kind, state }
}

/** Attaches to the process of a run. Until it is closed, stops and limits are applied, even if nobody reads. */
export function attach(run: StartedRun, control: RunControl, context: RunContext): AttachedProcess {
  const { processes, agents, limits, log } = context
  const { kind, state } = parseStoredState(run.decoderState)
  const adapter = agents.adapterOf(kind)
  const decoder = adapter.decoder(state)
  const { dialogue } = decoder
  const deadlines = createDeadlines(run.task, ageMs(run, context))
  const spool = processes.openSpool(run.taskId, control.changed.set)
  const commit = (batch: IngestBatch) => commitBatch(batch, run, adapter, control, context)
  const ingest = createIngest({ run, spool, decoder, outputLimit: limits.outputLimitBytes, commit })
  const conversation = dialogue
    ? createConversation({
        task: run.task,
        dialogue,
        input: processes.openInput(run),
        ingest,
        control,
        log,
      })
    : null
  const termination = createTermination(run, conversation, control, context)

  function isWorking(exitCode: number | undefined): boolean {
    return exitCode === undefined && !conversation?.isOver()
  }

  function applyStop(): void {
    if (control.stopReason !== null) termination.startFor(control.stopReason)
  }

  /** While output waits for the storage nothing is read, so only the limits that need no reading are checked here. */
  async function checkLimits(): Promise<void> {
    // Also repeats a kill that failed.
    if (control.stopReason !== null) return applyStop()
    if (ingest.isOverLimit()) return control.requestStop('output_limit')
    if (deadlines.timeLeftMs() > 0 || !processes.isAlive(run.identity)) return
    if (isWorking(processes.exitCode(run))) await control.requestStop('timeout')
  }

  // A stop does not wait for a full disk either: this may be the task that fills it.
  control.stopped.addEventListener('abort', applyStop)
  const limitCheck = setInterval(() => {
    checkLimits().catch((error: unknown) =>
      log.error({ err: error, task: run.taskId }, 'a limit could not be applied; retrying'),
    )
  }, LIMIT_CHECK_INTERVAL_MS)
  control.restoreResponse(run.response)
  // An earlier daemon may have stored a stop.
  applyStop()

  return {
    run,
    adapter,
    ingest,
    conversation,
    deadlines,
    termination,
    isWorking,
    close() {
      clearInterval(limitCheck)
      control.stopped.removeEventListener('abort', applyStop)
      termination.close()
      spool.close()
    },
  }
}

async function commitBatch(
  batch: IngestBatch,
  { taskId, attempt }: Run,
  adapter: AgentAdapter,
  control: RunControl,
  { store, notifier, log, now }: RunContext,
): Promise<void> {
  const decoderState = toStoredState(adapter, batch.decoderState)
  const append = { ...batch, taskId, attempt, at: now(), decoderState }
  await retryStorage(() => store.append(append), 'output', log, control.detached)
  notifier.notifyOutput(taskId)
  if (batch.question === undefined) return
  notifier.notifyList()
  control.setWaiting(batch.question !== null)
}

/** Without a clock that cannot be set, the age of a process is the time since its stored start. */
function ageMs({ task, identity }: StartedRun, { processes, now }: RunContext): number {
  const at = now()
  const startedAt = task.status === 'pending' || isEnded(task) ? at : task.startedAt
  return processes.ageMs(identity) ?? at - startedAt
}

/** Throws for any other format, because the output could not be decoded. */
function parseStoredState(stored: Json): { kind: string; state: Json } {
  if (isObject(stored) && typeof stored.kind === 'string') {
    return { kind: stored.kind, state: stored.state ?? null }
  }
  throw new SpoolError('internal', 'The stored state of a decoder has no kind.')
}
