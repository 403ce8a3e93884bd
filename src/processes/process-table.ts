import type { ProcessIdentity } from '../domain/processes.js'

export interface ProcessRecord {
  pid: number
  parent: number
  group: number
  session: number
  /** In the platform's own notation. */
  startTime: string
  /** The process has ended and only waits for its parent to reap it. */
  zombie: boolean
}

export interface MarkedProcess extends ProcessRecord {
  /** Its environment contains the token; false if the environment cannot be read. */
  hasToken: boolean
}

/** The processes of this machine. `list` is expensive; the other methods are cheap. */
export interface ProcessTable {
  readonly bootId: string
  /** The process with that pid; undefined if there is none. */
  find(pid: number): ProcessRecord | undefined
  /** Milliseconds since a start time, by a clock that cannot be set; undefined if the platform has none. */
  since(startTime: string): number | undefined
  /** All processes that can belong to an attempt: those not known to be older than its wrapper. */
  list(token: string, wrapper: ProcessIdentity): MarkedProcess[]
}

/** Whether this very process is alive: same boot, pid and start time, and not a zombie. */
export function isAlive(table: ProcessTable, identity: ProcessIdentity): boolean {
  if (identity.bootId !== table.bootId) return false
  const found = table.find(identity.pid)
  return found !== undefined && !found.zombie && found.startTime === identity.startTime
}
