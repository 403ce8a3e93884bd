import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { processesWith } from '../helpers/processes.js'
import { callOf, type ToolCaller } from '../helpers/read-on.js'
import { connect1, connect2 } from '../helpers/sdk-clients.js'
import { waitFor } from '../helpers/wait-for.js'
import { inForm } from './form.js'
import { report } from './report.js'
import { type Arena, openArena } from './scene/arena.js'
import { type Deaths, killAgainAndAgain } from './scene/killer.js'
import { randomFrom } from './scene/writer.mjs'
import { expectSameInViews, expectWhole, keepWriting, type WrittenTask } from './scene/written-task.js'

const KILLS = inForm({ short: 40, long: 1_000 })
/** State directories with a daemon each, side by side. */
const ARENAS = inForm({ short: 1, long: 2 })
/** The kills end then, and the test fails if there were too few. */
const LONGEST_MS = inForm({ short: 3, long: 12.5 }) * 60_000
/** Repeat a run that failed with SPOOLD_TEST_SEED. */
const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)

it(
  `promise 3: ${KILLS} kills around commits, starts, ends and purges lose nothing, repeat nothing and reorder nothing (seed ${SEED})`,
  async () => {
    const tooLong = AbortSignal.timeout(LONGEST_MS)
    const arenas = await Promise.all(
      Array.from({ length: ARENAS }, (_, n) => fight(SEED + 100_000 * n, KILLS / ARENAS, tooLong)),
    )
    const killed = arenas.flatMap(({ deaths }) => [...deaths])
    const tasks = arenas.flatMap(({ written }) => written)
    expect(sum(killed.map(([, count]) => count)), 'kills before the time was over').toBe(KILLS)
    for (const group of new Set(killed.map(([name]) => name))) {
      const count = sum(killed.filter(([name]) => name === group).map(([, times]) => times))
      report({ table: 'kills', what: `kill -9, ${group}`, amount: `${count} kills`, seen: 'nothing lost' })
    }
    const chunks = sum(tasks.map(({ seen }) => seen.length))
    report({
      table: 'kills',
      what: 'tasks under way meanwhile, of eight kinds of agents, read by clients of both eras',
      amount: `${tasks.length} tasks, ${chunks.toLocaleString('en')} chunks`,
      seen: 'every text equal to what was written, every chunk as it was first seen, one final chunk each, no agent started twice, no process and no spool left',
    })
  },
  14 * 60_000,
)

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

async function fight(
  seed: number,
  kills: number,
  tooLong: AbortSignal,
): Promise<{ deaths: Deaths; written: WrittenTask[] }> {
  const arena = await openArena()
  const killing = new AbortController()
  const killer = killAgainAndAgain(arena, { kills, random: randomFrom(seed), over: tooLong })
  const clients = await connectAll(arena)
  const writers = clients.map((client, n) =>
    keepWriting(client, { agent: arena.agents[n] ?? '', seed: seed + 1_000 * n, over: killing.signal }),
  )
  // Whichever of them fails, fails the test at once.
  const deaths = await Promise.race([killer, Promise.all(writers).then(() => killer)])
  console.log('killed', Date.now())
  const last = await arena.settle()
  console.log('settled', Date.now())
  killing.abort()
  const written = (await Promise.all(writers)).flat()
  console.log('written', Date.now(), written.length)
  await expectAllRight(arena, clients[0] as ToolCaller, written)
  console.log('right', Date.now())
  await last.stop()
  return { deaths, written }
}

/** They connect while daemons die, so again and again. */
function connectAll(arena: Arena): Promise<ToolCaller[]> {
  return Promise.all(
    arena.agents.map((agent, n) =>
      waitFor(
        `the client of ${agent}`,
        async (): Promise<ToolCaller> =>
          n % 2 === 0 ? await connect1(arena.place, 'HTTP') : await connect2(arena.place, 'HTTP', 2026),
        { timeoutMs: 60_000 },
      ),
    ),
  )
}

async function expectAllRight(arena: Arena, client: ToolCaller, written: WrittenTask[]): Promise<void> {
  const kept = written.filter(({ fate }) => fate !== 'purged')
  for (const task of kept) await expectWhole(client, task)
  const { database, spool } = statePaths(arena.place.stateDirectory)
  expectSameInViews(database, kept)
  for (const { taskId } of written.filter(({ fate }) => fate === 'purged')) {
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
  for (const { taskId } of written) expect(processesWith(`SPOOLD_TASK_ID=${taskId}`)).toEqual([])
}
