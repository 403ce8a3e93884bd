import type { AgentAdapter } from '../../domain/adapter.js'
import { SpoolError } from '../../domain/errors.js'
import type { Json } from '../../domain/json.js'
import type { ProcessIdentity } from '../../domain/processes.js'
import type { Run } from '../../domain/store.js'
import { retryStorage } from '../storage-retry.js'
import { checkWorkingDirectory } from '../working-directory.js'
import type { RunContext } from './context.js'

/** The seed's first words of every task. */
export const FIRST_NOTICE = 'Processing your request...\n'

/** The decoder's state with the kind of its adapter, so that a task is judged right even if its agent was renamed. */
export interface SavedDecoder {
  kind: string
  state: Json
}

/** Throws where the row holds something else: then nobody knows how to read the task's output. */
export function savedDecoder(saved: Json): SavedDecoder {
  if (saved !== null && typeof saved === 'object' && !Array.isArray(saved)) {
    const { kind, state } = saved
    if (typeof kind === 'string') return { kind, state: state ?? null }
  }
  throw new SpoolError('internal', 'The saved state of a decoder has no kind.')
}

export type Launched =
  | { started: true; identity: ProcessIdentity; adapter: AgentAdapter; saved: Json }
  | { started: false; endReason: 'launch_error' | 'agent_missing'; error: string }

/**
 * Starts the process of a claimed task: prepare, announce (durable), start, record (durable). A daemon that dies
 * between any two of these finds out at its next start whether the process exists (recovery.ts).
 * `stopped` ends the preparation (the task is to be stopped before it began), `detached` lets go of everything:
 * the daemon stops. Rejects only for the latter.
 */
export async function launch(
  run: Run,
  context: RunContext,
  { stopped, detached }: { stopped: AbortSignal; detached: AbortSignal },
): Promise<Launched> {
  const { store, processes: runner, agents, log, now } = context
  const { task } = run
  try {
    // Looked at again: while the task waited, the directory may have gone, or become a link that leads elsewhere.
    const cwd = await checkWorkingDirectory(task.workingDirectory, context.allowedRoots)
    const { settings, adapter } = agents.find(task.agent)
    const order = await adapter.prepare(
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
      AbortSignal.any([stopped, detached]),
    )
    stopped.throwIfAborted()
    detached.throwIfAborted()
    const saved: Json = { kind: adapter.kind, state: order.decoderState }
    await retryStorage(() => store.announceLaunch(run, saved), 'a launch', log, detached)
    const process = { taskId: task.id, attempt: run.attempt, token: run.token, cwd }
    const { argv, env, input } = order
    // A launch that found no room for its spool has started nothing, so it can be made again.
    const identity = await retryStorage(
      () => runner.launch({ ...process, argv, env, input }),
      'a launch',
      log,
      AbortSignal.any([stopped, detached]),
    )
    const notice = { kind: 'notice', content: FIRST_NOTICE } as const
    await retryStorage(
      () => store.recordProcess(run, identity, [notice], now()),
      'a process',
      log,
      detached,
    ).catch(async (error: unknown) => {
      detached.throwIfAborted()
      // A process that nobody knows of would go on for ever.
      await runner.kill(run, identity, 0)
      throw error
    })
    return { started: true, identity, adapter, saved }
  } catch (error) {
    detached.throwIfAborted()
    const known = error instanceof SpoolError
    if (!known && !stopped.aborted)
      log.error({ err: error, task: task.id }, 'a launch failed in an unexpected way')
    return {
      started: false,
      endReason: known && error.code === 'agent_missing' ? 'agent_missing' : 'launch_error',
      error: known ? error.message : `The agent ${task.agent} could not be started; see the daemon's log.`,
    }
  }
}
