import { spawn } from 'node:child_process'
import { closeSync, fstatSync, readSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpoolError } from '../domain/errors.js'
import type { DaemonFile } from '../state/daemon-file.js'
import { type StatePaths, statePaths } from '../state/paths.js'
import { openPrivateLog } from '../state/private-file.js'
import { openStateDirectory } from '../state/state-directory.js'
import { type FoundDaemon, findDaemon, isLockHeld } from './find-daemon.js'
import { daemonSilent } from './unreachable.js'

export interface SpawnRequest {
  /** The script of the command `spoold`, as in process.argv[1]. */
  bin: string
  stateDirectory: string
  /** Further arguments for `serve`, such as --port. */
  args?: string[] | undefined
  env?: NodeJS.ProcessEnv | undefined
  timeLimitMs?: number | undefined
}

const START_LIMIT_MS = 15_000
/** An upgrade copies the database first; slow disks reach this speed. */
const COPIED_BYTES_PER_MS = 20_000
const MAX_PAUSE_MS = 250

/**
 * Starts a daemon in the background and resolves when it responds. If two are started at once, the one that does not get
 * the lock exits, and both callers get the other. Throws SpoolError `state_directory_invalid` before anything is written
 * to a directory that is not this user's; `daemon_start_failed`, or `config_invalid` if the daemon refused its settings,
 * with the last sentence of its log; `daemon_unreachable` if the other daemon does not respond.
 */
export async function spawnDaemon(request: SpawnRequest): Promise<DaemonFile> {
  const paths = openStateDirectory(request.stateDirectory)
  const log = openPrivateLog(paths.log)
  try {
    const logStart = fstatSync(log).size
    const child = launch(request, paths, log)
    const found = await waitForDaemon(request, child)
    if (found.state === 'responding') return found.daemon
    if (found.state === 'silent' && found.daemon.pid !== child.pid)
      throw daemonSilent(paths.root, found.daemon)
    throw startFailure(child.code, paths, lastLogLine(log, logStart))
  } finally {
    closeSync(log)
  }
}

interface Child {
  pid: number | undefined
  /** Exit code; undefined while it runs, null if a signal ended it or it could not be started. */
  code: number | null | undefined
}

function launch(request: SpawnRequest, paths: StatePaths, log: number): Child {
  const args = [
    request.bin,
    'serve',
    '--state-dir',
    paths.root,
    '--log-file',
    paths.log,
    ...(request.args ?? []),
  ]
  const started = spawn(process.execPath, args, {
    detached: true,
    cwd: paths.root,
    env: withoutTaskEnvironment(request.env ?? process.env),
    stdio: ['ignore', 'ignore', log],
  })
  const child: Child = { pid: started.pid, code: undefined }
  started.once('error', () => {
    child.code ??= null
  })
  started.once('exit', (code) => {
    child.code = code
  })
  started.unref()
  return child
}

/** A daemon started from inside a task is not part of it, so it must not inherit the variables by which that is killed. */
function withoutTaskEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { SPOOLD_TASK_ID: _id, SPOOLD_TASK_TOKEN: _token, ...rest } = env
  return rest
}

/**
 * Waits until a daemon responds, none can come any more, or the time limit has passed. If another daemon got the lock,
 * waits until our child has exited, because it would take over should the other one stop right away.
 */
async function waitForDaemon(request: SpawnRequest, child: Child): Promise<FoundDaemon> {
  const until = Date.now() + (request.timeLimitMs ?? startLimit(statePaths(request.stateDirectory)))
  let found: FoundDaemon = { state: 'absent' }
  for (let pause = 20; Date.now() < until; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    const hasEnded = child.code !== undefined
    found = await findDaemon(request.stateDirectory)
    if (found.state === 'responding' && (hasEnded || found.daemon.pid === child.pid)) return found
    if (hasEnded && !(await isLockHeld(request.stateDirectory))) return found
    await sleep(pause)
  }
  return found
}

/** How long a daemon may take to start, ms. */
export function startLimit({ database }: StatePaths): number {
  const bytes = statSync(database, { throwIfNoEntry: false })?.size ?? 0
  return START_LIMIT_MS + bytes / COPIED_BYTES_PER_MS
}

/** The last line logged since `start`; an error of the command line begins with `spoold: `. */
function lastLogLine(log: number, start: number): string {
  const bytes = Buffer.alloc(Math.min(64 * 1024, Math.max(0, fstatSync(log).size - start)))
  readSync(log, bytes, 0, bytes.length, Math.max(start, fstatSync(log).size - bytes.length))
  const lines = bytes.toString('utf8').trim().split('\n')
  const sentence = lines.findLast((line) => line.startsWith('spoold: ')) ?? lines.at(-1) ?? ''
  return sentence.replace(/^spoold: /, '').slice(0, 2_000)
}

const USAGE_EXIT_CODE = 2

function startFailure(code: number | null | undefined, paths: StatePaths, words: string): SpoolError {
  if (code === USAGE_EXIT_CODE && words !== '') return new SpoolError('config_invalid', words)
  const how =
    code === undefined ? 'did not respond in time' : code === null ? 'was killed' : `exited with code ${code}`
  const why = words === '' ? `; see its log, ${paths.log}` : `: ${words}`
  return new SpoolError('daemon_start_failed', `The daemon was started but ${how}${why}`)
}
