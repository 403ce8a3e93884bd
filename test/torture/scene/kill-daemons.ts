import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { readDaemonFile } from '../../../src/state/daemon-file.js'
import { statePaths } from '../../../src/state/paths.js'
import { waitFor } from '../../helpers/wait-for.js'
import { byClock, type KillPlan, planCreationKill, planKill } from './kill-points.js'
import type { KillScene } from './kill-scene.js'

/** How long a daemon that serves may take to reach its failpoint; after that it is killed by the clock. */
const FAILPOINT_WAIT_MS = 500
const RARE_FAILPOINT_WAIT_MS = 3_000
/** Longest time until a kill by the clock, from the start of the process or from when it serves. */
const MAX_BY_CLOCK_MS = 500
/** One of this many daemons is stopped with SIGTERM, as by `spoold stop`. */
const STOPPED_ONE_IN = 25
/** Kills at statements of the migrations that create the database. */
const CREATION_KILLS = 8

/** Kills daemons while they create the database. */
export async function killDuringCreation(scene: KillScene, random: () => number): Promise<KillPlan[]> {
  const kills: KillPlan[] = []
  for (let n = 0; n < CREATION_KILLS; n += 1) {
    const plan = planCreationKill(1 + 3 * n)
    kills.push(await withDaemon(scene, plan, (target) => kill(target, random)))
  }
  return kills
}

/** Starts and kills daemons until `count` were killed, or the signal aborts. Resolves with where each was killed. */
export async function killRepeatedly(
  scene: KillScene,
  { count, random, over }: { count: number; random: () => number; over: AbortSignal },
): Promise<KillPlan[]> {
  const kills: KillPlan[] = []
  while (kills.length < count && !over.aborted) {
    const plan = planKill(random, kills)
    const isStopped = Math.floor(random() * STOPPED_ONE_IN) === 0
    if (isStopped) await withDaemon(scene, plan, (target) => stop(target, random))
    else kills.push(await withDaemon(scene, plan, (target) => kill(target, random)))
  }
  return kills
}

interface Target {
  scene: KillScene
  daemon: ChildProcess
  exited: Promise<unknown>
  plan: KillPlan
}

async function withDaemon<T>(
  scene: KillScene,
  plan: KillPlan,
  end: (target: Target) => Promise<T>,
): Promise<T> {
  const daemon = scene.spawnDaemon(plan.failpoint)
  try {
    return await end({ scene, daemon, exited: once(daemon, 'exit'), plan })
  } finally {
    daemon.kill('SIGKILL')
  }
}

/** The daemon may reach its failpoint first. */
async function stop({ scene, daemon, exited }: Target, random: () => number): Promise<void> {
  const untilStop = untilServing(scene, daemon).then(() => pause(random() * MAX_BY_CLOCK_MS))
  await Promise.race([exited, untilStop])
  daemon.kill('SIGTERM')
  await waitFor(`a daemon to stop: ${scene.stderrTail()}`, () => !isAlive(daemon))
}

/** Resolves with how the daemon was killed: at its failpoint, or by the clock. */
async function kill(target: Target, random: () => number): Promise<KillPlan> {
  const { scene, daemon, exited, plan } = target
  const isAtFailpoint = await Promise.race([
    exited.then(() => true),
    untilClockKill(target, random).then(() => false),
  ])
  daemon.kill('SIGKILL')
  await exited
  expect(daemon.signalCode, `no daemon exits by itself: ${scene.stderrTail()}`).toBe('SIGKILL')
  return isAtFailpoint ? plan : byClock
}

async function untilClockKill({ scene, daemon, plan }: Target, random: () => number): Promise<void> {
  if (plan.failpoint !== undefined) {
    await untilServing(scene, daemon)
    await pause(plan.isRare ? RARE_FAILPOINT_WAIT_MS : FAILPOINT_WAIT_MS)
    return
  }
  if (random() < 0.5) await untilServing(scene, daemon)
  await pause(random() * MAX_BY_CLOCK_MS)
}

async function untilServing(scene: KillScene, daemon: ChildProcess): Promise<void> {
  const file = statePaths(scene.place.stateDirectory).daemon
  const isServing = () => !isAlive(daemon) || readDaemonFile(file)?.pid === daemon.pid
  await waitFor(`a daemon to serve: ${scene.stderrTail()}`, isServing)
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null
