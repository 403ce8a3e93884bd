import { spawn } from 'node:child_process'
import { closeSync, fstatSync, readSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpoolError } from '../domain/errors.js'
import type { DaemonFile } from '../state/daemon-file.js'
import { type StatePaths, statePaths } from '../state/paths.js'
import { openPrivateLog } from '../state/private-file.js'
import { openStateDirectory } from '../state/state-directory.js'
import { type FoundDaemon, findDaemon, isLockHeld } from './find-daemon.js'
import { silentDaemon } from './unreachable.js'

export interface SpawnRequest {
  /** The script that is `spoold`, as in process.argv[1]. */
  bin: string
  stateDirectory: string
  /** More arguments for `serve`, such as --port. */
  args?: string[] | undefined
  env?: NodeJS.ProcessEnv | undefined
  timeLimitMs?: number | undefined
}

const START_LIMIT_MS = 15_000
/** An upgrade copies the database first, at a speed that slow disks have, too. */
const COPIED_BYTES_PER_MS = 20_000
const MAX_PAUSE_MS = 250

/**
 * Starts a daemon in the background and resolves when it answers. Where two start one at once, the one that loses the
 * lock ends, and both get the other. Throws SpoolError `state_directory_invalid` before anything is written to one that
 * is not this user's; `daemon_start_failed`, or `config_invalid` where the daemon refused its settings, with the
 * sentence that it left in its log; `daemon_unreachable` where the other one does not answer.
 */
export async function spawnDaemon(request: SpawnRequest): Promise<DaemonFile> {
  const paths = openStateDirectory(request.stateDirectory)
  const log = openPrivateLog(paths.log)
  try {
    const logStart = fstatSync(log).size
    const child = launch(request, paths, log)
    const found = await untilItAnswers(request, child)
    if (found.is === 'answering') return found.daemon
    if (found.is === 'silent' && found.daemon.pid !== child.pid) throw silentDaemon(paths.root, found.daemon)
    throw startFailure(child.code, paths, lastWords(log, logStart))
  } finally {
    closeSync(log)
  }
}

interface Child {
  pid: number | undefined
  /** Exit code; undefined while it lives, null where a signal ended it or it could not be started. */
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
    env: withoutTaskMarks(request.env ?? process.env),
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

/** A daemon that is started from inside a task is no part of it: it must not carry the marks by which that is killed. */
function withoutTaskMarks(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { SPOOLD_TASK_ID: _id, SPOOLD_TASK_TOKEN: _token, ...rest } = env
  return rest
}

/**
 * What was found last, when it answers, or none is coming, or the time is over. Where another daemon took the place, the
 * own child is waited for until it has seen that, or it would start for good should the other be stopped right away.
 */
async function untilItAnswers(request: SpawnRequest, child: Child): Promise<FoundDaemon> {
  const until = Date.now() + (request.timeLimitMs ?? startLimit(statePaths(request.stateDirectory)))
  let found: FoundDaemon = { is: 'absent' }
  for (let pause = 20; Date.now() < until; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    const hasEnded = child.code !== undefined
    found = await findDaemon(request.stateDirectory)
    if (found.is === 'answering' && (hasEnded || found.daemon.pid === child.pid)) return found
    if (hasEnded && !(await isLockHeld(request.stateDirectory))) return found
    await sleep(pause)
  }
  return found
}

/** How long the start of a daemon may take, ms. */
export function startLimit({ database }: StatePaths): number {
  const bytes = statSync(database, { throwIfNoEntry: false })?.size ?? 0
  return START_LIMIT_MS + bytes / COPIED_BYTES_PER_MS
}

/** The last line that was written since; a sentence of the command line starts with `spoold: `. */
function lastWords(log: number, start: number): string {
  const bytes = Buffer.alloc(Math.min(64 * 1024, Math.max(0, fstatSync(log).size - start)))
  readSync(log, bytes, 0, bytes.length, Math.max(start, fstatSync(log).size - bytes.length))
  const lines = bytes.toString('utf8').trim().split('\n')
  const sentence = lines.findLast((line) => line.startsWith('spoold: ')) ?? lines.at(-1) ?? ''
  return sentence.replace(/^spoold: /, '').slice(0, 2_000)
}

const EXIT_OF_WRONG_USAGE = 2

function startFailure(code: number | null | undefined, paths: StatePaths, words: string): SpoolError {
  if (code === EXIT_OF_WRONG_USAGE && words !== '') return new SpoolError('config_invalid', words)
  const how =
    code === undefined ? 'did not answer in time' : code === null ? 'was killed' : `ended with code ${code}`
  const why = words === '' ? `; its log is ${paths.log}` : `: ${words}`
  return new SpoolError('daemon_start_failed', `The daemon was started and ${how}${why}`)
}
