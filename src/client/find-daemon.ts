import { type DaemonFile, readDaemonFile } from '../state/daemon-file.js'
import { statePaths } from '../state/paths.js'
import { withTimeLimit } from './time-limit.js'

const HEALTH_LIMIT_MS = 2_000

/** The daemon of a state directory, where it answers; undefined where there is none. */
export async function findDaemon(
  stateDirectory: string,
  signal?: AbortSignal,
): Promise<DaemonFile | undefined> {
  const daemon = readDaemonFile(statePaths(stateDirectory).daemon)
  if (daemon === undefined) return undefined
  return (await answersAs(daemon, signal)) ? daemon : undefined
}

/**
 * Whether /health answers with this daemon's pid. The file of a daemon that was killed stays behind, and its port may
 * belong to another program, or to the daemon of another state directory, by now.
 */
async function answersAs(daemon: DaemonFile, outer: AbortSignal | undefined): Promise<boolean> {
  try {
    return await withTimeLimit(HEALTH_LIMIT_MS, outer, async (signal) => {
      const response = await fetch(new URL('/health', daemon.url), { signal, redirect: 'error' })
      const health: unknown = await response.json()
      return typeof health === 'object' && health !== null && 'pid' in health && health.pid === daemon.pid
    })
  } catch {
    return false
  }
}
