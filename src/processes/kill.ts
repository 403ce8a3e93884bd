import { setImmediate, setTimeout } from 'node:timers/promises'
import type { AttemptRef, ProcessIdentity } from '../domain/processes.js'
import type { MarkedProcess, ProcessTable } from './process-table.js'
import { findRemaining, type KnownProcesses } from './remaining-processes.js'

/** Who hears of what a person should know. A pino logger is one. */
export interface ProcessLog {
  warn(facts: object, message: string): void
}

/** How long SIGKILL may take until the log says so; only a process stuck in the kernel outlasts it. */
const STUCK_AFTER_MS = 10_000

/**
 * Ends every process of the attempt: SIGTERM, then after `graceMs` SIGKILL again and again until none is left.
 * With a grace of 0 there is no SIGTERM. Resolves when nothing is left.
 */
export async function killAttempt(
  table: ProcessTable,
  attempt: AttemptRef,
  wrapper: ProcessIdentity,
  graceMs: number,
  log: ProcessLog | undefined,
): Promise<void> {
  const known: KnownProcesses = new Map()
  const look = () => findRemaining(table, attempt, wrapper, known)

  if (graceMs > 0) {
    // Those outside the group get SIGTERM too. Agents put their tools into sessions of their own and do not always
    // pass signals on; without this a tool would meet SIGKILL without ever having been asked to clean up.
    signalAll(table, wrapper, look(), 'SIGTERM')
    if (await nothingLeftWithin(graceMs, look)) return
  }

  const start = performance.now()
  let warned = false
  for (const pause of growing(2, 250)) {
    signalAll(table, wrapper, look(), 'SIGKILL')
    await setTimeout(pause)
    if (await nothingLeft(look)) return
    if (!warned && performance.now() - start > STUCK_AFTER_MS) {
      warned = true
      log?.warn({ taskId: attempt.taskId, pids: look().map(({ pid }) => pid) }, 'processes outlast SIGKILL')
    }
  }
}

async function nothingLeftWithin(graceMs: number, look: () => MarkedProcess[]): Promise<boolean> {
  const deadline = performance.now() + graceMs
  for (const pause of growing(5, 250)) {
    if (await nothingLeft(look)) return true
    const rest = deadline - performance.now()
    if (rest <= 0) return false
    await setTimeout(Math.min(pause, rest))
  }
  return false
}

/** Looks twice, because a list of processes is no snapshot: one that forks and ends meanwhile can hide its child. */
async function nothingLeft(look: () => MarkedProcess[]): Promise<boolean> {
  if (look().length > 0) return false
  await setImmediate()
  return look().length === 0
}

/** The group at one blow, so that nobody in it escapes by forking, and then each of those outside of it. */
function signalAll(
  table: ProcessTable,
  wrapper: ProcessIdentity,
  survivors: MarkedProcess[],
  signal: NodeJS.Signals,
): void {
  const weAreInGroup = table.find(process.pid)?.group === wrapper.pid
  const inGroup = weAreInGroup
    ? []
    : survivors.filter((found) => found.group === wrapper.pid && found.session === wrapper.pid)
  // The number of a group stays taken while it has members, so one member that is still itself vouches for all.
  if (inGroup.some((member) => isSame(table, member))) send(-wrapper.pid, signal)
  for (const found of survivors) {
    if (!inGroup.includes(found) && isSame(table, found)) send(found.pid, signal)
  }
}

/** Compared just before each signal, since a pid is soon given to another process. */
function isSame(table: ProcessTable, found: MarkedProcess): boolean {
  return table.find(found.pid)?.startTime === found.startTime
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone; the next look tells.
  }
}

/** Pauses in ms, each half as long again as the one before, up to `longest`. */
function* growing(first: number, longest: number): Generator<number> {
  for (let pause = first; ; pause = Math.min(pause * 1.5, longest)) yield pause
}
