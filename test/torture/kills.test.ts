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
import { killDuringCreation, killRepeatedly } from './scene/kill-daemons.js'
import { groupsWithoutKill, type KillPlan } from './scene/kill-points.js'
import { type KillScene, openKillScene } from './scene/kill-scene.js'
import { expectConsistent, type Observation, observe } from './scene/observers.js'
import { expectSameInViews, expectWhole, keepWriting, type WrittenTask } from './scene/written-task.js'

const KILLS = inForm({ short: 40, long: 1_000 })
/** Scenes with a daemon each, side by side. */
const SCENES = inForm({ short: 1, long: 4 })
/** When the kills end; the test fails if there were too few. */
const MAX_MS = inForm({ short: 3, long: 12.5 }) * 60_000
/** A failed run can be repeated with SPOOLD_TEST_SEED. */
const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)

it(
  `promise 3: ${KILLS} kills around commits, starts, ends and purges lose nothing, repeat nothing and reorder nothing (seed ${SEED})`,
  async () => {
    const over = AbortSignal.timeout(MAX_MS)
    const results = await Promise.all(
      Array.from({ length: SCENES }, (_, n) => runScene(SEED + 100_000 * n, KILLS / SCENES, over)),
    )
    const kills = results.flatMap((result) => result.kills)
    expect(kills.length, 'kills before the time was over').toBe(KILLS)
    if (isLong) expect(groupsWithoutKill(kills), 'groups without a kill').toEqual([])
    reportKills(kills)
    reportTasks(
      results.flatMap((result) => result.tasks),
      results.flatMap((result) => result.observations),
    )
  },
  14 * 60_000,
)

interface SceneResult {
  kills: KillPlan[]
  tasks: WrittenTask[]
  observations: Observation[]
}

async function runScene(seed: number, count: number, over: AbortSignal): Promise<SceneResult> {
  const scene = await openKillScene()
  const random = randomFrom(seed)
  const kills = await killDuringCreation(scene, random)
  // The clients connect to a first daemon, and do not notice that it is replaced.
  const first = await scene.startDaemon()
  const clients = await connectAll(scene)
  await first.stop()
  const killing = new AbortController()
  const killer = killRepeatedly(scene, {
    count: count - kills.length,
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
      agent: scene.agents[n] ?? '',
      seed: seed + 1_000 * n,
      over: killing.signal,
      tasks,
    }),
  )
  const observers = observe(clients.slice(0, 2), scene.place.stateDirectory, {
    tasks,
    random: randomFrom(seed + 1),
    over: killing.signal,
  })
  // A failure of any of them fails the test at once.
  kills.push(...(await Promise.race([killer, Promise.all([...writers, observers]).then(() => killer)])))
  const last = await scene.startDaemon()
  killing.abort()
  await Promise.all(writers)
  const observations = await observers
  await expectNothingLost(scene, clients[0] as ToolCaller, tasks)
  expectConsistent(observations)
  await last.stop()
  return { kills, tasks, observations }
}

/** Every other client uses the newer revision of MCP. */
function connectAll({ agents, place }: KillScene): Promise<ToolCaller[]> {
  return Promise.all(
    agents.map((_, n) => (n % 2 === 0 ? connect1(place, 'HTTP') : connect2(place, 'HTTP', 2026))),
  )
}

async function expectNothingLost(scene: KillScene, client: ToolCaller, tasks: WrittenTask[]): Promise<void> {
  const kept = tasks.filter(({ fate }) => fate !== 'purged')
  for (const task of kept) await expectWhole(client, task)
  const { database, spool } = statePaths(scene.place.stateDirectory)
  expectSameInViews(database, kept)
  for (const { taskId } of tasks.filter(({ fate }) => fate === 'purged')) {
    await waitFor('the purge', () =>
      callOf(client, 'kiro_task_status', { task_id: taskId, wait_ms: 0 }).then(
        () => false,
        (error) => String(error).includes('There is no task'),
      ),
    )
  }
  const starts = scene.starts()
  expect(starts, 'no agent is started twice').toEqual([...new Set(starts)])
  await waitFor('no spool to be left', () => readdirSync(spool).length === 0)
  for (const { taskId } of tasks) expect(processesWith(`SPOOLD_TASK_ID=${taskId}`)).toEqual([])
}

/** A row for each group of points, with the number of kills at each point. */
function reportKills(kills: KillPlan[]): void {
  for (const [group, count] of tally(kills.map((plan) => plan.group))) {
    const points = tally(kills.filter((plan) => plan.group === group).map(({ point }) => point))
    const where = [...points].map(([point, times]) => `${times} ${point}`).join(', ')
    report({
      table: 'kills',
      scenario: `kill -9, ${group}`,
      amount: `${count} kills`,
      result: points.size > 1 ? `nothing lost: ${where}` : 'nothing lost',
    })
  }
}

function tally(names: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

function reportTasks(tasks: WrittenTask[], observations: Observation[]): void {
  const chunks = tasks.reduce((total, { seen }) => total + seen.length, 0)
  const bySql = observations.filter(({ by }) => by === 'sqlite3').length
  report({
    table: 'kills',
    scenario: 'tasks that ran meanwhile, of eight kinds of agents, read by clients of both revisions of MCP',
    amount: `${tasks.length} tasks, ${chunks.toLocaleString('en')} chunks`,
    result:
      'every text equal to what was written, every chunk as it was first seen, one final chunk each, no agent started twice, no process or spool left',
  })
  report({
    table: 'kills',
    scenario: 'reads of these tasks by other clients and by sqlite3',
    amount: `${(observations.length - bySql).toLocaleString('en')} and ${bySql.toLocaleString('en')} reads`,
    result: 'each read the chunks that the task’s own client read',
  })
}
