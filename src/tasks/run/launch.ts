import { SpoolError } from '../../domain/errors.js'
import type { ProcessIdentity } from '../../domain/processes.js'
import type { Run } from '../../domain/store.js'
import { retryStorage } from '../storage-retry.js'
import { resolveWorkingDirectory } from '../working-directory.js'
import { attach, toStoredState } from './attach.js'
import type { RunContext, StartedRun } from './context.js'
import type { RunControl } from './control.js'
import { outcomeOfStop } from './judge.js'
import type { RunState, TaskEnd } from './state.js'

/** Chunk 0 of every task. Its words are part of the contract with clients. */
const FIRST_PIECE = { kind: 'notice', content: 'Processing your request...\n' } as const

/** Starts the process of a claimed task. Rejects only when the daemon lets go of the task. */
export async function launch(run: Run, control: RunControl, context: RunContext): Promise<RunState> {
  const result = await startProcess(run, control, context).catch((error: unknown) => {
    control.detached.throwIfAborted()
    return endOfFailedLaunch(error, run, control, context)
  })
  context.notifier.notifyTask(run.taskId)
  return 'identity' in result
    ? { name: 'following', process: attach(result, control, context) }
    : { name: 'finishing', end: result }
}

/**
 * Prepare, announce (durable), start, record (durable). If the daemon dies between any two of these, the next one finds
 * out whether the process exists (recovery.ts). A stop ends the preparation.
 */
async function startProcess(
  run: Run,
  { stopped, detached }: RunControl,
  context: RunContext,
): Promise<StartedRun> {
  const { store, processes, agents, log } = context
  const { task, taskId, attempt, token } = run
  const stoppedOrDetached = AbortSignal.any([stopped, detached])
  // Checked again: the directory may have been removed, or replaced by a link, while the task was pending.
  const cwd = await resolveWorkingDirectory(task.workingDirectory, context.allowedRoots)
  const { settings, adapter } = agents.find(task.agent)
  const { argv, env, input, decoderState } = await adapter.prepare(
    {
      message: task.message,
      sessionId: task.sessionId,
      agentSessionId: run.agentSessionId,
      model: task.model,
      workingDirectory: task.workingDirectory,
      settings,
      argv: task.argv,
      permissions: task.permissions,
    },
    stoppedOrDetached,
  )
  stoppedOrDetached.throwIfAborted()
  const stored = { ...run, decoderState: toStoredState(adapter, decoderState) }
  await retryStorage(() => store.announceLaunch(run, stored.decoderState), 'a launch', log, detached)
  // A launch that found no space for its spool has started nothing, so it can be repeated.
  const start = () => processes.launch({ taskId, attempt, token, argv, env, cwd, input })
  const identity = await retryStorage(start, 'a launch', log, stoppedOrDetached)
  const record = () => recordProcess(stored, identity, context)
  return retryStorage(record, 'a process', log, detached).catch(async (error: unknown) => {
    detached.throwIfAborted()
    // Nothing would ever end a process that is not recorded.
    await processes.kill(run, identity, 0)
    throw error
  })
}

/** Stores the process of a run together with the first chunk. */
export async function recordProcess(
  run: Run,
  identity: ProcessIdentity,
  { store, now }: RunContext,
): Promise<StartedRun> {
  await store.recordProcess(run, identity, [FIRST_PIECE], now())
  return { ...run, identity, task: { ...run.task, chunkCount: run.task.chunkCount + 1 } }
}

function endOfFailedLaunch(
  error: unknown,
  { taskId, attempt, task }: Run,
  { stopReason }: RunControl,
  { limits, log }: RunContext,
): TaskEnd {
  const isExpected = error instanceof SpoolError
  if (!isExpected && stopReason === null)
    log.error({ err: error, task: taskId }, 'a launch failed unexpectedly')
  const outcome =
    stopReason === null
      ? ({
          status: 'failed',
          endReason: isExpected && error.code === 'agent_missing' ? 'agent_missing' : 'launch_error',
          error: isExpected
            ? error.message
            : `The agent ${task.agent} could not be started; see the daemon's log.`,
          exitCode: null,
        } as const)
      : outcomeOfStop(stopReason, task, { exitCode: null, droppedBytes: 0, ...limits })
  return { taskId, attempt, pieces: [FIRST_PIECE], outcome, agentSessionId: null }
}
