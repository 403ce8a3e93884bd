import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { readDaemonFile } from '../../../src/state/daemon-file.js'
import { statePaths } from '../../../src/state/paths.js'
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
  let living: ChildProcess | undefined
  onTestFinished(() => void living?.kill('SIGKILL'))
  while (deaths.length < kills && !over.aborted) {
    const count = deaths.length
    const plan = count < CREATION_KILLS ? planCreationKill(1 + 3 * count) : planKill(random)
    living = arena.live(plan.order)
    const gone = once(living, 'exit')
    if (Math.floor(random() * POLITE) === 0) {
      await Promise.race([gone, untilItServes(arena, living)])
      living.kill('SIGTERM')
      await gone
      continue
    }
    deaths.push(await die({ arena, living, gone, plan, random }))
    expect(living.signalCode, 'no daemon ends by itself').toBe('SIGKILL')
  }
  return deaths
}

interface Life {
  arena: Arena
  living: ChildProcess
  gone: Promise<unknown>
  plan: KillPlan
  random: () => number
}

async function die({ arena, living, gone, plan, random }: Life): Promise<KillPlan> {
  const isByItself = await Promise.race([
    gone.then(() => true),
    untilTheClock(arena, living, plan, random).then(() => false),
  ])
  if (isByItself) return plan
  living.kill('SIGKILL')
  await gone
  return byClock
}

async function untilTheClock(
  arena: Arena,
  living: ChildProcess,
  plan: KillPlan,
  random: () => number,
): Promise<void> {
  if (plan.order !== undefined) {
    await untilItServes(arena, living)
    await pause(LATEST_MS)
    return
  }
  if (random() < 0.5) await untilItServes(arena, living)
  await pause(random() * LONGEST_BY_CLOCK_MS)
}

async function untilItServes({ place }: Arena, living: ChildProcess): Promise<void> {
  const file = statePaths(place.stateDirectory).daemon
  while (living.exitCode === null && living.signalCode === null && readDaemonFile(file)?.pid !== living.pid) {
    await pause(20)
  }
}
