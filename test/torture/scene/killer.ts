import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import type { Arena } from './arena.js'
import { type KillPlan, late, planCreationKill, planKill } from './kill-points.js'

/** A point that did not come within so long does not come in this life. */
const LATEST_MS = 800
/** One life in so many ends politely, as by `spoold stop`. */
const POLITE = 25
/** Statements of the migrations that make the database. */
const CREATION_KILLS = 12

/** How many daemons died where. */
export type Deaths = Map<string, number>

/** Lets daemons live and die until so many were killed, or the signal aborts. */
export async function killAgainAndAgain(
  arena: Arena,
  { kills, random, over }: { kills: number; random: () => number; over: AbortSignal },
): Promise<Deaths> {
  const deaths: Deaths = new Map()
  let living: ChildProcess | undefined
  onTestFinished(() => void living?.kill('SIGKILL'))
  for (let count = 0; count < kills && !over.aborted; ) {
    const plan = count < CREATION_KILLS ? planCreationKill(1 + 2 * count) : planKill(random)
    living = arena.live(plan.order)
    const gone = once(living, 'exit')
    if (Math.floor(random() * POLITE) === 0) {
      await Promise.race([gone, pause(500 + random() * 500)])
      living.kill('SIGTERM')
      await gone
      continue
    }
    const group = await die(living, gone, plan, random)
    expect(living.signalCode, 'no daemon ends by itself').toBe('SIGKILL')
    deaths.set(group, (deaths.get(group) ?? 0) + 1)
    count += 1
  }
  return deaths
}

async function die(
  living: ChildProcess,
  gone: Promise<unknown>,
  plan: KillPlan,
  random: () => number,
): Promise<string> {
  const limit = new AbortController()
  const latest = plan.order === undefined ? 50 + random() * 900 : LATEST_MS
  const isByItself = await Promise.race([
    gone.then(() => true),
    pause(latest, false, { signal: limit.signal }).catch(() => true),
  ])
  limit.abort()
  if (isByItself) return plan.group
  living.kill('SIGKILL')
  await gone
  return late.group
}
