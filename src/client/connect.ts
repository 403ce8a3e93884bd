import { setTimeout as sleep } from 'node:timers/promises'
import type { DaemonFile } from '../state/daemon-file.js'
import { DaemonLink, type Role } from './daemon-connection.js'
import { type FoundDaemon, findDaemon } from './find-daemon.js'
import { SpooldClient } from './spoold-client.js'
import { noDaemon, silentDaemon } from './unreachable.js'

export interface ConnectOptions {
  /** An absolute path; see state/paths.ts for the usual one. */
  stateDirectory: string
  /** `client` as MCP clients do (the default); `operator` for what only the person at this machine may do. */
  as?: Role | undefined
  /** Starts a daemon where none runs, and resolves when it answers (spawn-daemon.ts). Without it none is started. */
  spawn?: (() => Promise<DaemonFile>) | undefined
  /** Starts a daemon by `spawn` also where the one that was found goes away later and does not come back. */
  keepsAlive?: boolean | undefined
}

export interface Connection {
  client: SpooldClient
  /** The daemon that answered: pid, url, version, started_at. */
  daemon: DaemonFile
  hasSpawned: boolean
}

/** A daemon may be busy for a moment; where it does not answer for so long, something is wrong. */
const SILENCE_LIMIT_MS = 5_000
const PAUSE_MS = 100

/**
 * Finds the daemon of a state directory, or starts one. Nothing stays open, so there is nothing to close. Throws
 * SpoolError `daemon_unreachable`, `daemon_start_failed`, `state_directory_invalid` or `config_invalid`.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { stateDirectory, as = 'client', spawn, keepsAlive = false } = options
  const found = await findPatiently(stateDirectory)
  if (found.is === 'silent') throw silentDaemon(stateDirectory, found.daemon)
  const revive = keepsAlive ? spawn : undefined
  const client = new SpooldClient(new DaemonLink({ stateDirectory, as, revive }))
  if (found.is === 'answering') return { client, daemon: found.daemon, hasSpawned: false }
  if (spawn === undefined) throw noDaemon(stateDirectory)
  return { client, daemon: await spawn(), hasSpawned: true }
}

async function findPatiently(stateDirectory: string): Promise<FoundDaemon> {
  const until = performance.now() + SILENCE_LIMIT_MS
  for (;;) {
    const found = await findDaemon(stateDirectory)
    if (found.is !== 'silent' || performance.now() > until) return found
    await sleep(PAUSE_MS)
  }
}
