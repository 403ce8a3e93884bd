import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { stateInvalid } from './errors.js'

/** The files of a state directory, which belongs to one daemon. */
export interface StatePaths {
  root: string
  database: string
  token: string
  /** daemon.json of the running daemon (daemon-file.ts). */
  daemon: string
  lock: string
  spool: string
  log: string
  /** Rotated logs, newest first (daemon/log-file.ts). */
  oldLogs: string[]
}

const OLD_LOGS = 3

/** The paths of rotated logs, newest first. */
export function oldLogsOf(log: string): string[] {
  return Array.from({ length: OLD_LOGS }, (_, age) => `${log}.${age + 1}`)
}

/** Throws SpoolError `state_directory_invalid` for a path with control characters, which cannot be displayed. */
export function statePaths(root: string): StatePaths {
  if (/\p{Cc}/u.test(root)) {
    throw stateInvalid(
      `The state directory ${root} has control characters in its path: use another --state-dir.`,
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
