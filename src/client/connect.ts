import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from '../domain/service.js'
import type { DaemonFile } from '../state/daemon-file.js'
import { DaemonConnection } from './daemon-connection.js'
import { type FoundDaemon, findDaemon } from './find-daemon.js'
import { SpooldClient } from './spoold-client.js'
import { daemonNotRunning, daemonSilent } from './unreachable.js'

export interface ConnectOptions {
  /** An absolute path; see state/paths.ts for the default. */
  stateDirectory: string
  /** `client` (default) like MCP clients; `operator` for what only the person at this machine may do. */
  as?: Caller | undefined
  /** Starts a daemon if none runs, and resolves when it responds (spawn-daemon.ts). Without it none is started. */
  spawn?: (() => Promise<DaemonFile>) | undefined
  /** Also starts a daemon if the one that was found goes away later and does not come back. */
  respawns?: boolean | undefined
}

export interface Connection {
  client: SpooldClient
  /** The daemon that responded. */
  daemon: DaemonFile
  hasSpawned: boolean
}

/** A daemon may be busy for a moment; after this much silence something is wrong. */
const SILENCE_LIMIT_MS = 5_000
const PAUSE_MS = 100

/**
 * Finds the daemon of a state directory, or starts one. Nothing stays open, so there is nothing to close. Throws
 * SpoolError `daemon_unreachable`, `daemon_start_failed`, `state_directory_invalid` or `config_invalid`.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { stateDirectory, as = 'client', spawn, respawns = false } = options
  const found = await findDaemonPatiently(stateDirectory)
  if (found.state === 'silent') throw daemonSilent(stateDirectory, found.daemon)
  const revive = respawns ? spawn : undefined
  const client = new SpooldClient(new DaemonConnection({ stateDirectory, as, respawn: revive }))
  if (found.state === 'responding') return { client, daemon: found.daemon, hasSpawned: false }
  if (spawn === undefined) throw daemonNotRunning(stateDirectory)
  return { client, daemon: await spawn(), hasSpawned: true }
}

async function findDaemonPatiently(stateDirectory: string): Promise<FoundDaemon> {
  const until = performance.now() + SILENCE_LIMIT_MS
  for (;;) {
    const found = await findDaemon(stateDirectory)
    if (found.state !== 'silent' || performance.now() > until) return found
    await sleep(PAUSE_MS)
  }
}
