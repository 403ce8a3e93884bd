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
const LATEST_SOUGHT_MS = 3_000
/** A kill by the clock comes after up to so long, counted from the start of the process or from when it serves. */
const MAX_BY_CLOCK_MS = 500
/** One life in so many ends politely, as by `spoold stop`. */
const POLITE = 25
/** Statements of the migrations that make the database. */
const CREATION_KILLS = 8

/** Kills daemons while they make the database. */
export async function killWhileMade(arena: Arena, random: () => number): Promise<KillPlan[]> {
  const deaths: KillPlan[] = []
  for (let n = 0; n < CREATION_KILLS; n += 1) {
    deaths.push(await live(arena, planCreationKill(1 + 3 * n), (life) => die(life, random)))
  }
  return deaths
}

/** Lets daemons live and die until so many were killed, or the signal aborts; tells where each of them died. */
export async function killAgainAndAgain(
  arena: Arena,
  { kills, random, over }: { kills: number; random: () => number; over: AbortSignal },
): Promise<KillPlan[]> {
  const deaths: KillPlan[] = []
  while (deaths.length < kills && !over.aborted) {
    const plan = planKill(random, deaths)
    if (Math.floor(random() * POLITE) === 0) await live(arena, plan, (life) => endPolitely(life, random))
    else deaths.push(await live(arena, plan, (life) => die(life, random)))
  }
  return deaths
}

interface Life {
  arena: Arena
  daemon: ChildProcess
  gone: Promise<unknown>
  plan: KillPlan
}

async function live<T>(arena: Arena, plan: KillPlan, end: (life: Life) => Promise<T>): Promise<T> {
  const daemon = arena.live(plan.order)
  try {
    return await end({ arena, daemon, gone: once(daemon, 'exit'), plan })
  } finally {
    daemon.kill('SIGKILL')
  }
}

/** It may come to its point before. */
async function endPolitely({ arena, daemon, gone }: Life, random: () => number): Promise<void> {
  await Promise.race([gone, untilItServes(arena, daemon).then(() => pause(random() * MAX_BY_CLOCK_MS))])
  daemon.kill('SIGTERM')
  await waitFor(`a daemon to stop: ${arena.errors()}`, () => !isAlive(daemon))
}

/** Gives how it came to die. */
async function die(life: Life, random: () => number): Promise<KillPlan> {
  const { arena, daemon, gone, plan } = life
  const isByItself = await Promise.race([
    gone.then(() => true),
    untilTheClock(life, random).then(() => false),
  ])
  daemon.kill('SIGKILL')
  await gone
  expect(daemon.signalCode, `no daemon ends by itself: ${arena.errors()}`).toBe('SIGKILL')
  return isByItself ? plan : byClock
}

async function untilTheClock({ arena, daemon, plan }: Life, random: () => number): Promise<void> {
  if (plan.order !== undefined) {
    await untilItServes(arena, daemon)
    await pause(plan.isSought ? LATEST_SOUGHT_MS : LATEST_MS)
    return
  }
  if (random() < 0.5) await untilItServes(arena, daemon)
  await pause(random() * MAX_BY_CLOCK_MS)
}

async function untilItServes(arena: Arena, daemon: ChildProcess): Promise<void> {
  const file = statePaths(arena.place.stateDirectory).daemon
  const serves = () => !isAlive(daemon) || readDaemonFile(file)?.pid === daemon.pid
  await waitFor(`a daemon to serve: ${arena.errors()}`, serves)
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null
