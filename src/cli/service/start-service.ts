import { setTimeout as sleep } from 'node:timers/promises'
import { findDaemon } from '../../client/find-daemon.js'
import { startLimit } from '../../client/spawn-daemon.js'
import { SpoolError } from '../../domain/errors.js'
import type { DaemonFile } from '../../state/daemon-file.js'
import type { StatePaths } from '../../state/paths.js'
import { lastLogLines } from './log-lines.js'
import { readLogLine } from './log-text.js'
import type { ServiceManager } from './manager.js'

/** How long the previous daemon may take to stop. */
const STOP_LIMIT_MS = 30_000

/**
 * Starts or restarts the service and resolves when its daemon responds. Throws SpoolError `daemon_start_failed` with the
 * error in the daemon's log.
 */
export async function startService(paths: StatePaths, manager: ServiceManager): Promise<DaemonFile> {
  const startedAt = Date.now()
  await manager.restart()
  for (const until = startedAt + STOP_LIMIT_MS + startLimit(paths); ; await sleep(100)) {
    const state = await manager.state()
    const found = await findDaemon(paths.root)
    if (found.state === 'responding' && found.daemon.pid === state.pid) return found.daemon
    if (state.failure !== null || Date.now() > until) {
      const problem = state.failure === null ? 'does not respond' : `failed (${state.failure})`
      const why = lastFailure(paths, startedAt) ?? `see spoold service logs${otherLog(manager)}`
      throw new SpoolError('daemon_start_failed', `The service was started and ${problem}: ${why}`)
    }
  }
}

function otherLog({ journal }: ServiceManager): string {
  return journal === null ? '' : `, and ${journal}`
}

/** The error of a daemon that could not start since then. */
function lastFailure(paths: StatePaths, since: number): string | undefined {
  const lines = lastLogLines(paths.log, 20).map(readLogLine)
  const failure = lines.findLast(({ level, at }) => level === 'fatal' && at !== null && at >= since)
  return failure?.message
}
