import { setTimeout as sleep } from 'node:timers/promises'
import type { StatePaths } from '../config/paths.js'
import { type DaemonFile, readDaemonFile } from '../daemon/daemon-file.js'
import { isLocked } from '../daemon/lock.js'
import { SpoolError } from '../domain/errors.js'

/** How long a daemon may take to close, ms. */
const CLOSE_LIMIT = 20_000

/** The daemon that runs for a state directory as daemon.json tells it; undefined where none holds the lock. */
export function runningDaemon(paths: StatePaths): DaemonFile | undefined {
  return isLocked(paths) ? readDaemonFile(paths.daemon) : undefined
}

/**
 * Ends a daemon with SIGTERM and resolves when its lock is free. The caller has had an answer from it to the operator
 * token of daemon.json, so the pid is that daemon's own. Throws SpoolError `internal` when it does not go.
 */
export async function endDaemon(paths: StatePaths, daemon: DaemonFile): Promise<void> {
  process.kill(daemon.pid, 'SIGTERM')
  const until = Date.now() + CLOSE_LIMIT
  while (isLocked(paths) || isAlive(daemon.pid)) {
    if (Date.now() > until) {
      throw new SpoolError(
        'internal',
        `The daemon (pid ${daemon.pid}) has not ended after ${CLOSE_LIMIT / 1000} s: look into ${paths.log}, or end it with kill -9 ${daemon.pid}; running tasks survive that too.`,
      )
    }
    await sleep(25)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
