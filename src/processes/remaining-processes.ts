import type { AttemptRef, ProcessIdentity } from '../domain/processes.js'
import type { MarkedProcess, ProcessTable } from './process-table.js'

/** Start times by pid of processes that were found to be of the attempt before; see `findSurvivors`. */
export type KnownProcesses = Map<number, string>

/**
 * Every process of the attempt that lives: the wrapper, its session, whatever has the token in its environment, and
 * the descendants of all those. `known` is read and added to: a process that was found by its parent stays known
 * when that parent ends and it is handed to pid 1.
 *
 * What gave up all three marks (session, token, parent) before the first look cannot be told from a stranger.
 */
export function findRemaining(
  table: ProcessTable,
  attempt: AttemptRef,
  wrapper: ProcessIdentity,
  known: KnownProcesses,
): MarkedProcess[] {
  if (wrapper.bootId !== table.bootId) return []
  const processes = table.list(attempt.token, wrapper)
  const survivors = selectRemaining(processes, wrapper, known).filter(({ pid }) => maySignal(pid))
  for (const { pid, startTime } of survivors) known.set(pid, startTime)
  return survivors
}

/** The choice among `processes`, without looking at the machine. */
export function selectRemaining(
  processes: MarkedProcess[],
  wrapper: ProcessIdentity,
  known: ReadonlyMap<number, string>,
): MarkedProcess[] {
  // A number stays taken while a session of that number has members. So if another process has the wrapper's pid
  // now, that session is gone and the new one is a stranger's. Where no process has it, its members are taken for
  // ours: a child that cleaned its environment and outlived its parents has no other mark.
  const leader = processes.find(({ pid }) => pid === wrapper.pid)
  const sessionIsOurs = leader === undefined || leader.startTime === wrapper.startTime

  const living = processes.filter(({ pid, zombie }) => !zombie && pid > 1 && pid !== process.pid)
  const chosen = new Set(
    living.filter(
      (found) =>
        found.hasToken ||
        (sessionIsOurs && found.session === wrapper.pid) ||
        known.get(found.pid) === found.startTime,
    ),
  )
  const children = childrenByParent(living)
  // A set that grows while it is walked: the walk comes to the new ones too.
  for (const parent of chosen) for (const child of children.get(parent.pid) ?? []) chosen.add(child)
  return [...chosen]
}

function childrenByParent(processes: MarkedProcess[]): Map<number, MarkedProcess[]> {
  const children = new Map<number, MarkedProcess[]>()
  for (const found of processes) {
    const siblings = children.get(found.parent)
    if (siblings === undefined) children.set(found.parent, [found])
    else siblings.push(found)
  }
  return children
}

/** False for processes of other users (sudo): they cannot be ended by us, so nobody should wait for their end. */
function maySignal(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
