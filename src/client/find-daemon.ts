import { type DaemonFile, readDaemonFile } from '../state/daemon-file.js'
import { isOwnProcess } from '../state/own-process.js'
import { statePaths } from '../state/paths.js'
import { exchangeHttp, readText } from './http-exchange.js'
import { withTimeLimit } from './time-limit.js'

const HEALTH_LIMIT_MS = 2_000

/** `silent`: the daemon's process lives and holds the lock, but does not answer. `absent`: none, or not yet. */
export type FoundDaemon = { is: 'answering' | 'silent'; daemon: DaemonFile } | { is: 'absent' }

/** The daemon of a state directory. Throws SpoolError `state_directory_invalid` for one that is not this user's. */
export async function findDaemon(stateDirectory: string, signal?: AbortSignal): Promise<FoundDaemon> {
  const daemon = readDaemonFile(statePaths(stateDirectory).daemon)
  if (daemon === undefined) return { is: 'absent' }
  if (await answersAs(daemon, signal)) return { is: 'answering', daemon }
  const isThere = isOwnProcess(daemon.pid) && (await isLockHeld(stateDirectory))
  return isThere ? { is: 'silent', daemon } : { is: 'absent' }
}

/** Whether a daemon, perhaps one that is just starting, holds the lock. SQLite is loaded only when it comes to that. */
export async function isLockHeld(stateDirectory: string): Promise<boolean> {
  const { isLocked } = await import('../state/lock.js')
  return isLocked(statePaths(stateDirectory))
}

/**
 * Whether /health answers with this daemon's pid. The file of a daemon that was killed stays behind, and its port may
 * belong to another program, or to the daemon of another state directory, by now.
 */
async function answersAs(daemon: DaemonFile, outer: AbortSignal | undefined): Promise<boolean> {
  try {
    return await withTimeLimit(HEALTH_LIMIT_MS, outer, async (signal) => {
      const answer = await exchangeHttp(new URL('/health', daemon.url), { method: 'GET', signal })
      const health: unknown = JSON.parse(await readText(answer))
      return typeof health === 'object' && health !== null && 'pid' in health && health.pid === daemon.pid
    })
  } catch {
    return false
  }
}
