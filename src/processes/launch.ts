import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { SpoolError } from '../domain/errors.js'
import type { LaunchSpec, ProcessIdentity } from '../domain/processes.js'
import { readClaim, settleClaim } from './claim.js'
import { toStartError, validateLaunchSpec } from './launch-spec.js'
import { type OpenSpool, prepareSpool, type SpoolFiles } from './spool.js'
import { wrapperArguments } from './wrapper.js'

export interface LaunchSettings {
  /** A POSIX shell. */
  shell: string
  /** How long the wrapper may take to make its claim, in ms. */
  claimTimeoutMs: number
}

/**
 * Starts the wrapper of one attempt and returns its identity, as the wrapper itself wrote it down. From then on the
 * attempt can be found again, whatever happens to the daemon. Throws SpoolError `launch_error`, `storage_full` or
 * `storage_readonly`; then no process of the attempt runs or ever will.
 */
export async function launch(
  files: SpoolFiles,
  spec: LaunchSpec,
  settings: LaunchSettings,
): Promise<ProcessIdentity> {
  await validateLaunchSpec(spec)
  const spool = await prepareSpool(files, spec)
  const { wrapper, ready } = await startWrapper(files, spec, settings, spool).finally(spool.close)
  try {
    const isInTime = await ready
    const claim = (await readClaim(files, spec.attempt)) ?? (await settleClaim(files, spec.attempt))
    if (claim !== 'never_started') {
      // The daemon can exit without waiting for its tasks. While it runs, Node still reaps the process.
      wrapper.unref()
      return claim
    }
    throw new SpoolError(
      'launch_error',
      isInTime
        ? `The task's process ended before it claimed attempt ${spec.attempt}; try again.`
        : `The task's process was not ready within ${settings.claimTimeoutMs} ms; the machine may be overloaded.`,
    )
  } catch (cause) {
    await killWrapper(wrapper)
    throw cause
  }
}

async function startWrapper(
  files: SpoolFiles,
  spec: LaunchSpec,
  settings: LaunchSettings,
  spool: OpenSpool,
): Promise<{ wrapper: ChildProcess; ready: Promise<boolean> }> {
  const args = wrapperArguments({
    spoolDirectory: files.directory,
    attempt: spec.attempt,
    inputFile: spec.input.is === 'none' ? '/dev/null' : files.input,
    inputFifo: spec.input.is === 'dialogue' ? files.inputFifo(spec.attempt) : '',
    toolPath: `/usr/bin:/bin:/usr/sbin:/sbin:${process.env.PATH ?? ''}`,
    env: spec.env,
    argv: spec.argv,
  })
  try {
    const wrapper = spawn(settings.shell, args, {
      cwd: spec.cwd,
      env: { ...spec.env, SPOOLD_TASK_ID: spec.taskId, SPOOLD_TASK_TOKEN: spec.token },
      detached: true,
      stdio: ['ignore', spool.out, spool.err, 'pipe'],
    })
    // Both listeners are added at once: a process that could not be started only emits an error, and a short task can
    // end before anything else is awaited.
    const started = once(wrapper, 'spawn')
    const ready = waitUntilReady(wrapper.stdio?.[3], settings.claimTimeoutMs)
    // If the start fails, that error is the one to report.
    ready.catch(() => {})
    await started
    return { wrapper, ready }
  } catch (cause) {
    throw toStartError(cause)
  }
}

/** Resolves with true when the wrapper reports that it starts the agent, or ends; with false after the timeout. */
async function waitUntilReady(pipe: unknown, timeoutMs: number): Promise<boolean> {
  if (!(pipe instanceof Readable)) throw new TypeError('the wrapper was started without a pipe')
  let isTimedOut = false
  const timer = setTimeout(() => {
    isTimedOut = true
    pipe.destroy()
  }, timeoutMs)
  const close = () => pipe.destroy()
  pipe.once('data', close).once('end', close).once('error', close)
  await new Promise((resolve) => pipe.once('close', resolve))
  clearTimeout(timer)
  return !isTimedOut
}

/** Kills a wrapper that must not start its agent. Its pid cannot have been reused, because only we reap our child. */
async function killWrapper(wrapper: ChildProcess): Promise<void> {
  if (wrapper.pid === undefined || wrapper.exitCode !== null || wrapper.signalCode !== null) return
  const exited = once(wrapper, 'exit')
  process.kill(-wrapper.pid, 'SIGKILL')
  await exited
}
