import type { ProcessIdentity } from '../domain/processes.js'

/** A process that lives; zombies are left out wherever these appear, except as `zombie` here. */
export interface ProcessRecord {
  pid: number
  parent: number
  group: number
  session: number
  startTime: string
  /** It has ended and only waits for its parent to take note. */
  zombie: boolean
}

export interface MarkedProcess extends ProcessRecord {
  /** Its environment has the token; false where the environment may not be read. */
  hasToken: boolean
}

/** The processes of this machine, as one platform tells them. Looking costs, so nobody looks without a reason. */
export interface ProcessTable {
  readonly bootId: string
  /** The process with that pid; undefined where there is none. Cheap. */
  find(pid: number): ProcessRecord | undefined
  /** ms since a start time, by a clock that nobody sets; undefined where the platform does not tell. */
  since(startTime: string): number | undefined
  /** All processes that may be of an attempt: none that is known to be older than its wrapper. */
  list(token: string, wrapper: ProcessIdentity): MarkedProcess[]
}

/** Whether that very process lives: same boot, same pid, same start time, not a zombie. */
export function isAlive(table: ProcessTable, identity: ProcessIdentity): boolean {
  if (identity.bootId !== table.bootId) return false
  const found = table.find(identity.pid)
  return found !== undefined && !found.zombie && found.startTime === identity.startTime
}
