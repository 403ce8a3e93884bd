import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { stateInvalid } from './refusals.js'

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
  /** The log before that one; see daemon/log.ts. */
  oldLog: string
}

/** Throws SpoolError `state_directory_invalid` for a path that could not be shown to anybody as it is. */
export function statePaths(root: string): StatePaths {
  if (/\p{Cc}/u.test(root)) {
    throw stateInvalid(
      `The state directory ${root} has control characters in its path: name another --state-dir.`,
    )
  }
  return {
    root,
    database: join(root, 'spoold.db'),
    token: join(root, 'token'),
    daemon: join(root, 'daemon.json'),
    lock: join(root, 'daemon.lock'),
    spool: join(root, 'spool'),
    log: join(root, 'daemon.log'),
    oldLog: join(root, 'daemon.log.1'),
  }
}

/** SPOOLD_STATE_DIR, else $XDG_STATE_HOME/spoold, else ~/.local/state/spoold. */
export function defaultStateDirectory(env: NodeJS.ProcessEnv): string {
  if (env.SPOOLD_STATE_DIR) return resolve(env.SPOOLD_STATE_DIR)
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'spoold')
}
