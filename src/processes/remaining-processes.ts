import type { AttemptRef, ProcessIdentity } from '../domain/processes.js'
import type { MarkedProcess, ProcessTable } from './process-table.js'

/** Start times by pid of the processes that earlier calls of `findRemaining` found. */
export type KnownProcesses = Map<number, string>

/**
 * Every living process of the attempt: the wrapper, its session, processes with the token in their environment, and the
 * descendants of all of these. `known` is read and added to: a process that was found through its parent is still
 * found after the parent ends and pid 1 adopts it.
 *
 * A process that has lost all three marks (session, token, parent) before the first call cannot be recognized.
 */
export function findRemaining(
  table: ProcessTable,
  attempt: AttemptRef,
  wrapper: ProcessIdentity,
  known: KnownProcesses,
): MarkedProcess[] {
  if (wrapper.bootId !== table.bootId) return []
  const candidates = table.list(attempt.token, wrapper)
  const remaining = selectRemaining(candidates, wrapper, known).filter(({ pid }) => canSignal(pid))
  for (const { pid, startTime } of remaining) known.set(pid, startTime)
  return remaining
}

/** The selection from a list of processes, without access to the machine. */
export function selectRemaining(
  candidates: MarkedProcess[],
  wrapper: ProcessIdentity,
  known: ReadonlyMap<number, string>,
): MarkedProcess[] {
  // A pid is not reused while a session with that number has members. So if another process has the wrapper's pid
  // now, our session is gone and a session of that number is foreign. If no process has the pid, members of the session
  // are ours: a child that cleaned its environment and lost its parents has no other mark.
  const leader = candidates.find(({ pid }) => pid === wrapper.pid)
  const isSessionOurs = leader === undefined || leader.startTime === wrapper.startTime

  const living = candidates.filter(({ pid, zombie }) => !zombie && pid > 1 && pid !== process.pid)
  const selected = new Set(
    living.filter(
      (found) =>
        found.hasToken ||
        (isSessionOurs && found.session === wrapper.pid) ||
        known.get(found.pid) === found.startTime,
    ),
  )
  const children = childrenByParent(living)
  // Iterating over a set includes members that are added meanwhile, so this reaches all descendants.
  for (const parent of selected) for (const child of children.get(parent.pid) ?? []) selected.add(child)
  return [...selected]
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

/** False for processes of other users (sudo): we cannot end them, so nothing must wait for their end. */
function canSignal(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
