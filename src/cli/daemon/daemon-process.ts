import { setTimeout as sleep } from 'node:timers/promises'
import type { SpooldClient } from '../../client/spoold-client.js'
import { daemonSilent } from '../../client/unreachable.js'
import { SpoolError } from '../../domain/errors.js'
import { type DaemonFile, readDaemonFile } from '../../state/daemon-file.js'
import { isLocked } from '../../state/lock.js'
import { isOwnProcess } from '../../state/own-process.js'
import type { StatePaths } from '../../state/paths.js'
import type { Globals } from '../global-options.js'
import { withDaemon } from './daemon-client.js'

/** How long a daemon may take to tell where it listens, and to close, ms. */
const START_LIMIT = 10_000
const CLOSE_LIMIT = 20_000

/**
 * The daemon that runs for a state directory as daemon.json tells it; undefined where none holds the lock. One that is
 * just starting is waited for: it has the lock, but the file is missing or still that of the daemon before.
 */
export async function runningDaemon(paths: StatePaths): Promise<DaemonFile | undefined> {
  const until = Date.now() + START_LIMIT
  while (isLocked(paths)) {
    const daemon = readDaemonFile(paths.daemon)
    if (daemon !== undefined && isOwnProcess(daemon.pid)) return daemon
    if (Date.now() > until) {
      const message = `A daemon holds ${paths.lock}, but has not told where it listens: look into ${paths.log}.`
      throw new SpoolError('daemon_unreachable', message)
    }
    await sleep(20)
  }
  return undefined
}

/**
 * Does something with a daemon that is known to run, and starts none. Its answer proves that daemon.json, and so the
 * pid in it, is the living daemon's own: only that one takes the operator token. Throws SpoolError
 * `daemon_unreachable` where it does not answer.
 */
export async function withRunningDaemon<T>(
  globals: Globals,
  daemon: DaemonFile,
  work: (client: SpooldClient) => Promise<T>,
): Promise<T> {
  try {
    return await withDaemon({ ...globals, maySpawn: false }, work)
  } catch (cause) {
    if (!(cause instanceof SpoolError && cause.code === 'daemon_unreachable')) throw cause
    throw daemonSilent(globals.paths.root, daemon, cause)
  }
}

/**
 * Ends a daemon with SIGTERM and resolves when its lock is free, or another daemon has it already. The caller has had
 * an answer from it to the operator token of daemon.json. While that token still stands there, the lock is held and
 * the pid is a process of this user, the pid is that daemon's own; else nothing is signalled. The lock and not the pid
 * tells the end: a process may stay in the table as a zombie. Throws SpoolError `internal` when it does not go.
 */
export async function endDaemon(paths: StatePaths, daemon: DaemonFile): Promise<void> {
  const until = Date.now() + CLOSE_LIMIT
  for (let isTold = false; isLocked(paths) && !hasSuccessor(paths, daemon); await sleep(20)) {
    if (!isTold && readDaemonFile(paths.daemon) !== undefined) isTold = askToEnd(daemon.pid)
    if (Date.now() > until) {
      throw new SpoolError(
        'internal',
        `The daemon (pid ${daemon.pid}) has not ended after ${CLOSE_LIMIT / 1000} s: look into ${paths.log}, ` +
          `or end it with kill -9 ${daemon.pid}; running tasks survive that too.`,
      )
    }
  }
}

/** False where it cannot be asked; the lock tells whether it is gone. */
function askToEnd(pid: number): boolean {
  try {
    return isOwnProcess(pid) && process.kill(pid, 'SIGTERM')
  } catch {
    return false
  }
}

function hasSuccessor(paths: StatePaths, daemon: DaemonFile): boolean {
  const now = readDaemonFile(paths.daemon)
  return now !== undefined && now.operator_token !== daemon.operator_token
}
