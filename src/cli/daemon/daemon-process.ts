import { setTimeout as sleep } from 'node:timers/promises'
import type { SpooldClient } from '../../client/spoold-client.js'
import { daemonSilent } from '../../client/unreachable.js'
import { SpoolError } from '../../domain/errors.js'
import { type DaemonFile, readDaemonFile } from '../../state/daemon-file.js'
import { isLocked } from '../../state/lock.js'
import type { StatePaths } from '../../state/paths.js'
import { belongsToUser } from '../../state/process-owner.js'
import type { Globals } from '../global-options.js'
import { withDaemon } from './daemon-client.js'

/** How long a daemon may take to write daemon.json, and to exit. */
const START_LIMIT_MS = 10_000
const STOP_LIMIT_MS = 20_000

/**
 * The running daemon of a state directory, from daemon.json; undefined if none holds the lock. Waits for a daemon that is
 * just starting: it has the lock, but the file is missing or still the previous daemon's.
 */
export async function runningDaemon(paths: StatePaths): Promise<DaemonFile | undefined> {
  const until = Date.now() + START_LIMIT_MS
  while (isLocked(paths)) {
    const daemon = readDaemonFile(paths.daemon)
    if (daemon !== undefined && belongsToUser(daemon.pid)) return daemon
    if (Date.now() > until) {
      const message = `A daemon holds ${paths.lock} but has not written ${paths.daemon}: see ${paths.log}.`
      throw new SpoolError('daemon_unreachable', message)
    }
    await sleep(20)
  }
  return undefined
}

/**
 * Calls `work` with a client of a running daemon, and never starts one. A response proves that daemon.json, with its pid,
 * belongs to the running daemon, because only that one accepts the operator token. Throws SpoolError
 * `daemon_unreachable` if it does not respond.
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
 * Ends a daemon with SIGTERM; resolves when its lock is free or another daemon has it. The caller has had a response to the
 * operator token of daemon.json. While the file has that token, the lock is held and the pid belongs to this user, the pid is
 * that daemon's; otherwise nothing is signalled. The lock shows the end, because the process may remain as a zombie. Throws
 * SpoolError `internal` if the daemon does not exit.
 */
export async function endDaemon(paths: StatePaths, daemon: DaemonFile): Promise<void> {
  const until = Date.now() + STOP_LIMIT_MS
  for (let isSignalled = false; isLocked(paths) && !hasSuccessor(paths, daemon); await sleep(20)) {
    if (!isSignalled && readDaemonFile(paths.daemon) !== undefined) isSignalled = sendTerm(daemon.pid)
    if (Date.now() > until) {
      throw new SpoolError(
        'internal',
        `The daemon (pid ${daemon.pid}) has not exited after ${STOP_LIMIT_MS / 1000} s: see ${paths.log}, ` +
          `or end it with kill -9 ${daemon.pid}; running tasks continue.`,
      )
    }
  }
}

/** False if it cannot be signalled; the lock shows whether it has exited. */
function sendTerm(pid: number): boolean {
  try {
    return belongsToUser(pid) && process.kill(pid, 'SIGTERM')
  } catch {
    return false
  }
}

function hasSuccessor(paths: StatePaths, daemon: DaemonFile): boolean {
  const now = readDaemonFile(paths.daemon)
  return now !== undefined && now.operator_token !== daemon.operator_token
}
