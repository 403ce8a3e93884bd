import type { DaemonFile } from '../state/daemon-file.js'
import { DaemonLink, type Role, unreachable } from './daemon-link.js'
import { findDaemon } from './find-daemon.js'
import { spawnDaemon } from './spawn-daemon.js'
import { SpooldClient } from './spoold-client.js'

export interface ConnectOptions {
  /** An absolute path; see config/paths.ts for the usual one. */
  stateDirectory: string
  /** `client` as MCP clients do (the default); `operator` for what only the person at this machine may do. */
  as?: Role | undefined
  /**
   * How to start a daemon where none runs: the script that is `spoold` (as in process.argv[1]), more arguments for
   * `serve`, and its environment. Without it none is started.
   */
  spawn?: { bin: string; args?: string[] | undefined; env?: NodeJS.ProcessEnv | undefined } | undefined
}

export interface Connection {
  client: SpooldClient
  /** The daemon that answered: pid, url, version, started_at. */
  daemon: DaemonFile
  hasSpawned: boolean
}

/**
 * Finds the daemon of a state directory, or starts one. Nothing stays open, so there is nothing to close. Throws
 * SpoolError `daemon_unreachable`, `daemon_start_failed` or `config_invalid`.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { stateDirectory, as = 'client', spawn } = options
  const found = await findDaemon(stateDirectory)
  const daemon = found ?? (spawn && (await spawnDaemon({ ...spawn, stateDirectory })))
  if (daemon === undefined) throw unreachable(stateDirectory, undefined)
  const client = new SpooldClient(new DaemonLink({ stateDirectory, as }))
  return { client, daemon, hasSpawned: found === undefined }
}
