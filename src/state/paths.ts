import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where a daemon keeps its things. One state directory is one daemon. */
export interface StatePaths {
  root: string
  database: string
  token: string
  /** Written by a running daemon: pid, url, version, started_at and the operator's token. */
  daemon: string
  lock: string
  spool: string
  log: string
}

export function statePaths(root: string): StatePaths {
  return {
    root,
    database: join(root, 'spoold.db'),
    token: join(root, 'token'),
    daemon: join(root, 'daemon.json'),
    lock: join(root, 'daemon.lock'),
    spool: join(root, 'spool'),
    log: join(root, 'daemon.log'),
  }
}

/** SPOOLD_STATE_DIR, else $XDG_STATE_HOME/spoold, else ~/.local/state/spoold. */
export function defaultStateDirectory(env: NodeJS.ProcessEnv): string {
  if (env.SPOOLD_STATE_DIR) return resolve(env.SPOOLD_STATE_DIR)
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'spoold')
}
