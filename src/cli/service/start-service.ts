import { setTimeout as sleep } from 'node:timers/promises'
import { findDaemon } from '../../client/find-daemon.js'
import { startLimit } from '../../client/spawn-daemon.js'
import { SpoolError } from '../../domain/errors.js'
import type { DaemonFile } from '../../state/daemon-file.js'
import type { StatePaths } from '../../state/paths.js'
import { lastLogLines } from './log-lines.js'
import { readLogLine } from './log-text.js'
import type { ServiceManager } from './manager.js'

/** The daemon before may take its time to close, ms. */
const CLOSE_LIMIT = 30_000

/**
 * Starts the service, or starts it anew, and resolves when the daemon that it runs answers. Throws SpoolError
 * `daemon_start_failed` with what the daemon left in its log.
 */
export async function startService(paths: StatePaths, manager: ServiceManager): Promise<DaemonFile> {
  const startedAt = Date.now()
  await manager.restart()
  for (const until = startedAt + CLOSE_LIMIT + startLimit(paths); ; await sleep(100)) {
    const state = await manager.state()
    const found = await findDaemon(paths.root)
    if (found.state === 'responding' && found.daemon.pid === state.pid) return found.daemon
    if (state.failure !== null || Date.now() > until) {
      const how = state.failure === null ? 'does not answer' : `failed (${state.failure})`
      const why = lastFailure(paths, startedAt) ?? `look into spoold service logs${otherLog(manager)}`
      throw new SpoolError('daemon_start_failed', `The service was started and ${how}: ${why}`)
    }
  }
}

function otherLog({ journal }: ServiceManager): string {
  return journal === null ? '' : `, and ${journal}`
}

/** The sentence with which a daemon that could not start has ended since then. */
function lastFailure(paths: StatePaths, since: number): string | undefined {
  const lines = lastLogLines(paths.log, 20).map(readLogLine)
  const failure = lines.findLast(({ level, at }) => level === 'fatal' && at !== null && at >= since)
  return failure?.message
}
