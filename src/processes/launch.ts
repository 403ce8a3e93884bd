import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { SpoolError } from '../domain/errors.js'
import type { LaunchSpec, ProcessIdentity } from '../domain/processes.js'
import { readClaim, settleClaim } from './claim.js'
import { checkLaunchSpec, startFailure } from './launch-spec.js'
import { type OpenSpool, prepareSpool, type SpoolFiles } from './spool.js'
import { wrapperArguments } from './wrapper.js'

export interface LaunchSettings {
  /** A POSIX shell. */
  shell: string
  /** How long the wrapper may take to make its claim, in ms. */
  claimTimeoutMs: number
}

/**
 * Starts the wrapper of one attempt and returns who it is, as it wrote it down itself; from then on the attempt is
 * found again whatever happens to the daemon. Throws SpoolError `launch_error`, `storage_full` or
 * `storage_readonly`; then nothing of it runs or ever will.
 */
export async function launch(
  files: SpoolFiles,
  order: LaunchSpec,
  settings: LaunchSettings,
): Promise<ProcessIdentity> {
  await checkLaunchSpec(order)
  const spool = await prepareSpool(files, order)
  const { wrapper, toldInTime } = await startWrapper(files, order, settings, spool).finally(spool.close)
  try {
    const inTime = await toldInTime
    const claim = (await readClaim(files, order.attempt)) ?? (await settleClaim(files, order.attempt))
    if (claim !== 'never_started') {
      // So that a daemon that wants to end does not wait for its tasks. Node still reaps the process.
      wrapper.unref()
      return claim
    }
    throw new SpoolError(
      'launch_error',
      inTime
        ? `The task's process ended before it could claim attempt ${order.attempt}: try again.`
        : `The task's process was not ready within ${settings.claimTimeoutMs} ms: the machine may be overloaded.`,
    )
  } catch (cause) {
    await endWrapper(wrapper)
    throw cause
  }
}

async function startWrapper(
  files: SpoolFiles,
  order: LaunchSpec,
  settings: LaunchSettings,
  spool: OpenSpool,
): Promise<{ wrapper: ChildProcess; toldInTime: Promise<boolean> }> {
  const args = wrapperArguments({
    spoolDirectory: files.directory,
    attempt: order.attempt,
    inputFile: order.input.is === 'none' ? '/dev/null' : files.input,
    inputPipe: order.input.is === 'dialogue' ? files.pipe(order.attempt) : '',
    toolPath: `/usr/bin:/bin:/usr/sbin:/sbin:${process.env.PATH ?? ''}`,
    env: order.env,
    argv: order.argv,
  })
  try {
    const wrapper = spawn(settings.shell, args, {
      cwd: order.cwd,
      env: { ...order.env, SPOOLD_TASK_ID: order.taskId, SPOOLD_TASK_TOKEN: order.token },
      detached: true,
      stdio: ['ignore', spool.out, spool.err, 'pipe'],
    })
    // Listened to from the first moment: a process that could not be started has an error and nothing else, and a
    // short task can be over before anything else is awaited.
    const started = once(wrapper, 'spawn')
    const toldInTime = isToldInTime(wrapper.stdio?.[3], settings.claimTimeoutMs)
    // Where the start fails, that failure is the one to tell.
    toldInTime.catch(() => {})
    await started
    return { wrapper, toldInTime }
  } catch (cause) {
    throw startFailure(cause)
  }
}

/** True when the wrapper said that its agent starts, or ended; false when that took too long. */
async function isToldInTime(pipe: unknown, timeoutMs: number): Promise<boolean> {
  if (!(pipe instanceof Readable)) throw new TypeError('the wrapper was started without a pipe')
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    pipe.destroy()
  }, timeoutMs)
  const close = () => pipe.destroy()
  pipe.once('data', close).once('end', close).once('error', close)
  await new Promise((resolve) => pipe.once('close', resolve))
  clearTimeout(timer)
  return !timedOut
}

/** Ends a wrapper that may not run its agent. Its pid is safe to use: nobody else reaps our own child. */
async function endWrapper(wrapper: ChildProcess): Promise<void> {
  if (wrapper.pid === undefined || wrapper.exitCode !== null || wrapper.signalCode !== null) return
  const ended = once(wrapper, 'exit')
  process.kill(-wrapper.pid, 'SIGKILL')
  await ended
}
