import { readdirSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { randomFrom } from '../../bench/harness/random.mjs'
import { statePaths } from '../../src/state/paths.js'
import { processesWith } from '../helpers/processes.js'
import { callOf, type ToolCaller } from '../helpers/read-on.js'
import { connect1, connect2 } from '../helpers/sdk-clients.js'
import { waitFor } from '../helpers/wait-for.js'
import { inForm, isLong } from './form.js'
import { report } from './report.js'
import { type Arena, openArena } from './scene/arena.js'
import { groupsNotIn, type KillPlan } from './scene/kill-points.js'
import { killAgainAndAgain, killWhileMade } from './scene/killer.js'
import { expectSeenAlike, type Glance, lookOn } from './scene/onlookers.js'
import { expectSameInViews, expectWhole, keepWriting, type WrittenTask } from './scene/written-task.js'

const KILLS = inForm({ short: 40, long: 1_000 })
/** State directories with a daemon each, side by side. */
const ARENAS = inForm({ short: 1, long: 4 })
/** The kills end then, and the test fails if there were too few. */
const MAX_MS = inForm({ short: 3, long: 12.5 }) * 60_000
/** Repeat a run that failed with SPOOLD_TEST_SEED. */
const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)

it(
  `promise 3: ${KILLS} kills around commits, starts, ends and purges lose nothing, repeat nothing and reorder nothing (seed ${SEED})`,
  async () => {
    const over = AbortSignal.timeout(MAX_MS)
    const fights = await Promise.all(
      Array.from({ length: ARENAS }, (_, n) => fight(SEED + 100_000 * n, KILLS / ARENAS, over)),
    )
    const deaths = fights.flatMap((one) => one.deaths)
    expect(deaths.length, 'kills before the time was over').toBe(KILLS)
    if (isLong) expect(groupsNotIn(deaths), 'where nobody died').toEqual([])
    reportDeaths(deaths)
    reportTasks(
      fights.flatMap((one) => one.tasks),
      fights.flatMap((one) => one.glances),
    )
  },
  14 * 60_000,
)

interface Fight {
  deaths: KillPlan[]
  tasks: WrittenTask[]
  glances: Glance[]
}

async function fight(seed: number, kills: number, over: AbortSignal): Promise<Fight> {
  const arena = await openArena()
  const random = randomFrom(seed)
  const deaths = await killWhileMade(arena, random)
  // Its clients do not notice that the first one goes.
  const first = await arena.settle()
  const clients = await connectAll(arena)
  await first.stop()
  const killing = new AbortController()
  const killer = killAgainAndAgain(arena, {
    kills: kills - deaths.length,
    random,
    over: AbortSignal.any([over, killing.signal]),
  })
  onTestFinished(async () => {
    killing.abort()
    await killer.catch(() => {})
  })
  const tasks: WrittenTask[] = []
  const writers = clients.map((client, n) =>
    keepWriting(client, {
      agent: arena.agents[n] ?? '',
      seed: seed + 1_000 * n,
      over: killing.signal,
      tasks,
    }),
  )
  const onlookers = lookOn(clients.slice(0, 2), arena.place.stateDirectory, {
    tasks,
    random: randomFrom(seed + 1),
    over: killing.signal,
  })
  // Whichever of them fails, fails the test at once.
  deaths.push(...(await Promise.race([killer, Promise.all([...writers, onlookers]).then(() => killer)])))
  const last = await arena.settle()
  killing.abort()
  await Promise.all(writers)
  const glances = await onlookers
  await expectAllRight(arena, clients[0] as ToolCaller, tasks)
  expectSeenAlike(glances)
  await last.stop()
  return { deaths, tasks, glances }
}

/** Every other one is of the newer era. */
function connectAll({ agents, place }: Arena): Promise<ToolCaller[]> {
  return Promise.all(
    agents.map((_, n) => (n % 2 === 0 ? connect1(place, 'HTTP') : connect2(place, 'HTTP', 2026))),
  )
}

async function expectAllRight(arena: Arena, client: ToolCaller, tasks: WrittenTask[]): Promise<void> {
  const kept = tasks.filter(({ fate }) => fate !== 'purged')
  for (const task of kept) await expectWhole(client, task)
  const { database, spool } = statePaths(arena.place.stateDirectory)
  expectSameInViews(database, kept)
  for (const { taskId } of tasks.filter(({ fate }) => fate === 'purged')) {
    await waitFor('the purge', () =>
      callOf(client, 'kiro_task_status', { task_id: taskId, wait_ms: 0 }).then(
        () => false,
        (error) => String(error).includes('There is no task'),
      ),
    )
  }
  const starts = arena.starts()
  expect(starts, 'no agent is started twice').toEqual([...new Set(starts)])
  await waitFor('no spool to be left', () => readdirSync(spool).length === 0)
  for (const { taskId } of tasks) expect(processesWith(`SPOOLD_TASK_ID=${taskId}`)).toEqual([])
}

/** A row for each group of points; how many died at each of them stands in it. */
function reportDeaths(deaths: KillPlan[]): void {
  for (const [group, count] of tally(deaths.map((plan) => plan.group))) {
    const points = tally(deaths.filter((plan) => plan.group === group).map(({ point }) => point))
    const where = [...points].map(([point, times]) => `${times} ${point}`).join(', ')
    report({
      table: 'kills',
      what: `kill -9, ${group}`,
      amount: `${count} kills`,
      seen: points.size > 1 ? `nothing lost: ${where}` : 'nothing lost',
    })
  }
}

function tally(names: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

function reportTasks(tasks: WrittenTask[], glances: Glance[]): void {
  const chunks = tasks.reduce((total, { seen }) => total + seen.length, 0)
  const rows = glances.filter(({ by }) => by === 'sqlite3').length
  report({
    table: 'kills',
    what: 'tasks under way meanwhile, of eight kinds of agents, read by clients of both eras',
    amount: `${tasks.length} tasks, ${chunks.toLocaleString('en')} chunks`,
    seen: 'every text equal to what was written, every chunk as it was first seen, one final chunk each, no agent started twice, no process and no spool left',
  })
  report({
    table: 'kills',
    what: 'glances at them by other clients and by sqlite3',
    amount: `${(glances.length - rows).toLocaleString('en')} and ${rows.toLocaleString('en')} glances`,
    seen: 'each saw what the task’s own client saw',
  })
}
