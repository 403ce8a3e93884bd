import { SpoolError } from '../domain/errors.js'
import type { DaemonFile } from '../state/daemon-file.js'
import { statePaths } from '../state/paths.js'

/** None runs, and none may be started. */
export function daemonNotRunning(stateDirectory: string): SpoolError {
  return new SpoolError(
    'daemon_unreachable',
    `No daemon is running for ${stateDirectory}: start it with spoold start, or omit --no-spawn and SPOOLD_NO_SPAWN.`,
  )
}

/** Its process runs and holds the lock. */
export function daemonSilent(stateDirectory: string, daemon: DaemonFile, cause?: unknown): SpoolError {
  return new SpoolError(
    'daemon_unreachable',
    `The daemon (pid ${daemon.pid}, ${daemon.url}) is running but does not respond: see ` +
      `${statePaths(stateDirectory).log}, or end it with kill -9 ${daemon.pid}; running tasks continue.`,
    { cause },
  )
}

/** One was there and did not come back in time. */
export function daemonLost(stateDirectory: string, cause: unknown): SpoolError {
  return new SpoolError(
    'daemon_unreachable',
    `No daemon responds for ${stateDirectory}; start one with spoold start, or check with spoold status`,
    { cause },
  )
}
