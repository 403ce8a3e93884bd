import { SpoolError } from '../domain/errors.js'
import type { DaemonFile } from '../state/daemon-file.js'
import { statePaths } from '../state/paths.js'

/** None runs, and none may be started. */
export function noDaemon(stateDirectory: string): SpoolError {
  return new SpoolError(
    'daemon_unreachable',
    `No daemon runs for ${stateDirectory}: start it with spoold start, or leave out --no-spawn and SPOOLD_NO_SPAWN.`,
  )
}

/** Its process lives and holds the lock. */
export function silentDaemon(stateDirectory: string, daemon: DaemonFile, cause?: unknown): SpoolError {
  return new SpoolError(
    'daemon_unreachable',
    `The daemon (pid ${daemon.pid}, ${daemon.url}) runs, but does not answer: look into ` +
      `${statePaths(stateDirectory).log}, or end it with kill -9 ${daemon.pid}; running tasks survive that.`,
    { cause },
  )
}

/** One was there, and did not come back in time. */
export function lostDaemon(stateDirectory: string, cause: unknown): SpoolError {
  return new SpoolError(
    'daemon_unreachable',
    `No daemon answers for ${stateDirectory}; start one with spoold start, and spoold status tells how it is`,
    { cause },
  )
}
