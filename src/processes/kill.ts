import { setImmediate, setTimeout } from 'node:timers/promises'
import type { AttemptRef, ProcessIdentity } from '../domain/processes.js'
import type { MarkedProcess, ProcessTable } from './process-table.js'
import { findRemaining, type KnownProcesses } from './remaining-processes.js'

/** Where a kill that takes too long is reported. A pino logger fits. */
export interface ProcessLog {
  warn(facts: object, message: string): void
}

/** How long SIGKILL may take before it is reported; only a process stuck in the kernel takes longer. */
const STUCK_AFTER_MS = 10_000

/**
 * Ends every process of the attempt: SIGTERM, then after `graceMs` SIGKILL, repeated until none is left. With a grace
 * of 0 there is no SIGTERM. Resolves when no process is left.
 */
export async function killAttempt(
  table: ProcessTable,
  attempt: AttemptRef,
  wrapper: ProcessIdentity,
  graceMs: number,
  log: ProcessLog | undefined,
): Promise<void> {
  const known: KnownProcesses = new Map()
  const listRemaining = () => findRemaining(table, attempt, wrapper, known)

  if (graceMs > 0) {
    // Processes outside the group get SIGTERM too: agents start tools in sessions of their own and do not always pass
    // signals on, so a tool would otherwise get SIGKILL without a chance to clean up.
    signalAll(table, wrapper, listRemaining(), 'SIGTERM')
    if (await isGoneWithin(graceMs, listRemaining)) return
  }

  const start = performance.now()
  let isReported = false
  for (const pauseMs of growingPauses(2, 250)) {
    signalAll(table, wrapper, listRemaining(), 'SIGKILL')
    await setTimeout(pauseMs)
    if (await isGone(listRemaining)) return
    if (!isReported && performance.now() - start > STUCK_AFTER_MS) {
      isReported = true
      const pids = listRemaining().map(({ pid }) => pid)
      log?.warn({ taskId: attempt.taskId, pids }, 'processes do not end after SIGKILL')
    }
  }
}

async function isGoneWithin(graceMs: number, listRemaining: () => MarkedProcess[]): Promise<boolean> {
  const deadline = performance.now() + graceMs
  for (const pauseMs of growingPauses(5, 250)) {
    if (await isGone(listRemaining)) return true
    const leftMs = deadline - performance.now()
    if (leftMs <= 0) return false
    await setTimeout(Math.min(pauseMs, leftMs))
  }
  return false
}

/** Lists twice, because a list is not a snapshot: a process that forks and exits during the first can hide its child. */
async function isGone(listRemaining: () => MarkedProcess[]): Promise<boolean> {
  if (listRemaining().length > 0) return false
  await setImmediate()
  return listRemaining().length === 0
}

/** Signals the group first and as a whole, so that no member escapes by forking, then each process outside of it. */
function signalAll(
  table: ProcessTable,
  wrapper: ProcessIdentity,
  remaining: MarkedProcess[],
  signal: NodeJS.Signals,
): void {
  const weAreInGroup = table.find(process.pid)?.group === wrapper.pid
  const inGroup = weAreInGroup
    ? []
    : remaining.filter((found) => found.group === wrapper.pid && found.session === wrapper.pid)
  // A group id is not reused while the group has members, so one member that is unchanged proves the group is ours.
  if (inGroup.some((member) => isSame(table, member))) send(-wrapper.pid, signal)
  for (const found of remaining) {
    if (!inGroup.includes(found) && isSame(table, found)) send(found.pid, signal)
  }
}

/** Checked just before each signal, because a pid can be reused at any time. */
function isSame(table: ProcessTable, found: MarkedProcess): boolean {
  return table.find(found.pid)?.startTime === found.startTime
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // The process is gone, as the next list will show.
  }
}

/** Pauses in ms, each one and a half times the one before, up to `maxMs`. */
function* growingPauses(firstMs: number, maxMs: number): Generator<number> {
  for (let pauseMs = firstMs; ; pauseMs = Math.min(pauseMs * 1.5, maxMs)) yield pauseMs
}
