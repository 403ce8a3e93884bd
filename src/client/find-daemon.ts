import { type DaemonFile, readDaemonFile } from '../state/daemon-file.js'
import { statePaths } from '../state/paths.js'
import { belongsToUser } from '../state/process-owner.js'
import { readBody, sendRequest } from './http-request.js'
import { withTimeLimit } from './time-limit.js'

const HEALTH_LIMIT_MS = 2_000

/** `silent`: the daemon's process runs and holds the lock, but does not respond. `absent`: none, or not yet. */
export type FoundDaemon = { state: 'responding' | 'silent'; daemon: DaemonFile } | { state: 'absent' }

/** The daemon of a state directory. Throws SpoolError `state_directory_invalid` for one that is not this user's. */
export async function findDaemon(stateDirectory: string, signal?: AbortSignal): Promise<FoundDaemon> {
  const daemon = readDaemonFile(statePaths(stateDirectory).daemon)
  if (daemon === undefined) return { state: 'absent' }
  if (await isResponding(daemon, signal)) return { state: 'responding', daemon }
  const isRunning = belongsToUser(daemon.pid) && (await isLockHeld(stateDirectory))
  return isRunning ? { state: 'silent', daemon } : { state: 'absent' }
}

/** Whether a daemon holds the lock, perhaps one that is just starting. SQLite is loaded only for this check. */
export async function isLockHeld(stateDirectory: string): Promise<boolean> {
  const { isLocked } = await import('../state/lock.js')
  return isLocked(statePaths(stateDirectory))
}

/**
 * Whether /health responds with this daemon's pid. The file of a killed daemon stays behind, and its port may belong to
 * another program by now, or to the daemon of another state directory.
 */
async function isResponding(daemon: DaemonFile, outer: AbortSignal | undefined): Promise<boolean> {
  try {
    return await withTimeLimit(HEALTH_LIMIT_MS, outer, async (signal) => {
      const response = await sendRequest(new URL('/health', daemon.url), { method: 'GET', signal })
      const health: unknown = JSON.parse(await readBody(response))
      return typeof health === 'object' && health !== null && 'pid' in health && health.pid === daemon.pid
    })
  } catch {
    return false
  }
}
