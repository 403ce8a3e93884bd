import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { readDaemonFile } from '../../../src/state/daemon-file.js'
import { statePaths } from '../../../src/state/paths.js'
import { waitFor } from '../../helpers/wait-for.js'
import type { Arena } from './arena.js'
import { byClock, type KillPlan, planCreationKill, planKill } from './kill-points.js'

/** A point that does not come while a daemon has served for so long does not come in its life. */
const LATEST_MS = 500
/** A kill by the clock comes after up to so long, counted from the start of the process or from when it serves. */
const LONGEST_BY_CLOCK_MS = 500
/** One life in so many ends politely, as by `spoold stop`. */
const POLITE = 25
/** Statements of the migrations that make the database. */
const CREATION_KILLS = 8

/** Lets daemons live and die until so many were killed, or the signal aborts; tells where each of them died. */
export async function killAgainAndAgain(
  arena: Arena,
  { kills, random, over }: { kills: number; random: () => number; over: AbortSignal },
): Promise<KillPlan[]> {
  const deaths: KillPlan[] = []
  while (deaths.length < kills && !over.aborted) {
    const count = deaths.length
    const plan = count < CREATION_KILLS ? planCreationKill(1 + 3 * count) : planKill(random)
    const daemon = arena.live(plan.order)
    const gone = once(daemon, 'exit')
    const life = { arena, daemon, gone, plan, random }
    try {
      if (Math.floor(random() * POLITE) === 0) await endPolitely(life)
      else {
        deaths.push(await die(life))
        expect(daemon.signalCode, `no daemon ends by itself: ${arena.errors()}`).toBe('SIGKILL')
      }
    } finally {
      daemon.kill('SIGKILL')
    }
  }
  return deaths
}

interface Life {
  arena: Arena
  daemon: ChildProcess
  gone: Promise<unknown>
  plan: KillPlan
  random: () => number
}

/** It may come to its point before. */
async function endPolitely({ arena, daemon, gone, random }: Life): Promise<void> {
  await Promise.race([gone, untilItServes(arena, daemon).then(() => pause(random() * LONGEST_BY_CLOCK_MS))])
  daemon.kill('SIGTERM')
  await waitFor(`a daemon to stop: ${arena.errors()}`, () => !isAlive(daemon))
}

async function die({ arena, daemon, gone, plan, random }: Life): Promise<KillPlan> {
  const isByItself = await Promise.race([
    gone.then(() => true),
    untilTheClock(arena, daemon, plan, random).then(() => false),
  ])
  if (isByItself) return plan
  daemon.kill('SIGKILL')
  await gone
  return byClock
}

async function untilTheClock(
  arena: Arena,
  daemon: ChildProcess,
  plan: KillPlan,
  random: () => number,
): Promise<void> {
  if (plan.order !== undefined) {
    await untilItServes(arena, daemon)
    await pause(LATEST_MS)
    return
  }
  if (random() < 0.5) await untilItServes(arena, daemon)
  await pause(random() * LONGEST_BY_CLOCK_MS)
}

async function untilItServes(arena: Arena, daemon: ChildProcess): Promise<void> {
  const file = statePaths(arena.place.stateDirectory).daemon
  const serves = () => !isAlive(daemon) || readDaemonFile(file)?.pid === daemon.pid
  await waitFor(`a daemon to serve: ${arena.errors()}`, serves)
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null
