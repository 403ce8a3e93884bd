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
  /** The logs before that one, newest first; see daemon/log-file.ts. */
  oldLogs: string[]
}

const KEPT_LOGS = 3

/** Where a log is put aside, newest first. */
export function oldLogsOf(log: string): string[] {
  return Array.from({ length: KEPT_LOGS }, (_, age) => `${log}.${age + 1}`)
}

/** Throws SpoolError `state_directory_invalid` for a path that could not be shown to anybody as it is. */
export function statePaths(root: string): StatePaths {
  if (/\p{Cc}/u.test(root)) {
    throw stateInvalid(
      `The state directory ${root} has control characters in its path: name another --state-dir.`,
    )
  }
  const log = join(root, 'daemon.log')
  return {
    root,
    database: join(root, 'spoold.db'),
    token: join(root, 'token'),
    daemon: join(root, 'daemon.json'),
    lock: join(root, 'daemon.lock'),
    spool: join(root, 'spool'),
    log,
    oldLogs: oldLogsOf(log),
  }
}

/** SPOOLD_STATE_DIR, else $XDG_STATE_HOME/spoold, else ~/.local/state/spoold. */
export function defaultStateDirectory(env: NodeJS.ProcessEnv): string {
  if (env.SPOOLD_STATE_DIR) return resolve(env.SPOOLD_STATE_DIR)
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'spoold')
}
