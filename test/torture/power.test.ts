import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../bench/harness/random.mjs'
import { tempDirectory } from '../helpers/temp-state.js'
import { inForm } from './form.js'
import { oldDatabase } from './migrations/old-database.js'
import { olderSchemas } from './migrations/released-schemas.js'
import { DATABASE, lostByCuts } from './power/cut-states.js'
import { Known, leftOf, serveAfterCut } from './power/daemon-after-cut.js'
import { recordDaemon } from './power/daemon-at-work.js'
import { Disk } from './power/disk.js'
import { canRecord, type Operation, openWriteLog } from './power/write-log.js'
import { report } from './report.js'

/** Repeat a run that failed with SPOOLD_TEST_SEED. */
const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)

const LOGS = [
  {
    what: 'after each write, with a checkpoint every 10 pages',
    steps: inForm({ short: 6, long: 40 }),
    checkpointPages: [10],
    cutsOf: everyChange,
  },
  {
    what: 'at any write, with checkpoints as usual',
    steps: inForm({ short: 25, long: 300 }),
    checkpointPages: [],
    cutsOf: (operations: Operation[], random: () => number) =>
      anyOperations(operations, random, inForm({ short: 25, long: 200 })),
  },
]

describe.skipIf(!canRecord)(`the power is cut (seed ${SEED}; needs Linux and cc)`, () => {
  describe.each(['full', 'normal'])('durability %s', (durability) => {
    it.each(LOGS)('$what', ({ what, steps, checkpointPages, cutsOf }) => {
      const directory = tempDirectory('power')
      const operations = recordWriter(directory, durability, steps, ...checkpointPages)
      const isCheckpoint = ({ does, ...of }: Operation) =>
        does === 'write' && 'path' in of && of.path === DATABASE
      expect(operations.some(isCheckpoint), 'checkpoints are among what is cut').toBe(true)
      const random = randomFrom(SEED)
      const cuts = cutsOf(operations, random)
      const lost = lostByCuts({ operations, cuts, random }).sort((a, b) => a - b)
      if (durability === 'full') expect(lost.at(-1), 'acknowledged commits that are lost').toBe(0)
      report({
        table: 'power',
        what: `the power is cut, durability ${durability}, ${what}`,
        amount: `${number(cuts.length)} cuts among ${number(operations.length)} operations of ${number(acknowledged(operations))} commits`,
        seen: `never corrupt; acknowledged commits lost: ${lost[lost.length >> 1]} in the median, ${lost.at(-1)} at most`,
      })
    })
  })

  it.each([...olderSchemas()])(
    'in the migration from schema %i, after each of its writes',
    (version, migrations) => {
      const { file } = oldDatabase(migrations)
      const before: [string, Buffer][] = [[DATABASE, readFileSync(file)]]
      const operations = recordWriter(dirname(file), 'full', 0)
      const cuts = everyChange(operations)
      // Before the migration there is the same in it as after: all that can be lost is the migration itself.
      expect(lostByCuts({ operations, before, cuts, random: randomFrom(SEED) })).toEqual(cuts.map(() => 0))
      report({
        table: 'power',
        what: `the power is cut in the migration from schema ${version}`,
        amount: `${number(cuts.length)} cuts`,
        seen: 'all rows of all tables as before',
      })
    },
  )

  it.each(['full', 'normal'])('under a daemon with tasks and a client, durability %s', async (durability) => {
    const work = await recordDaemon(durability, inForm({ short: 5, long: 40 }))
    const { operations } = work
    const isFull = durability === 'full'
    const served = inForm({ short: 3, long: 20 })
    const random = randomFrom(SEED)
    const cuts = anyOperations(operations, random, inForm({ short: 40, long: 400 }))
    const disk = new Disk()
    const known = new Known()
    const lost: number[] = []
    let done = 0
    let told = 0
    for (const [place, cut] of cuts.entries()) {
      for (; done < cut; done += 1) {
        const operation = operations[done] as Operation
        if (operation.does === 'tell') known.learn(operation)
        else disk.apply(operation)
      }
      const files = disk.afterPowerCut(random)
      const left = leftOf(files, work, known)
      lost.push(Math.max(0, known.chunks - left.chunks))
      if (!isFull) continue
      expect(left, `operation ${cut}`).toMatchObject({ missing: 0, unended: 0 })
      if (place % Math.floor(cuts.length / served) === 0)
        told += Number(await serveAfterCut(files, work, known))
    }
    lost.sort((a, b) => a - b)
    if (isFull) expect(lost.at(-1), 'chunks that a client saw and that are lost').toBe(0)
    report({
      table: 'power',
      what: `the power is cut under a daemon with tasks and a polling client, durability ${durability}`,
      amount: `${number(cuts.length)} cuts among ${number(operations.length)} operations`,
      seen: `never corrupt; chunks lost that a client saw: ${lost[lost.length >> 1]} in the median, ${lost.at(-1)} at most${isFull ? `; served again ${served} times, the task that ran is lost ${told} of ${told} times` : ''}`,
    })
  })
})

/** What the writer does to the store in a directory, as the operations that reach the disk. */
function recordWriter(directory: string, durability: string, steps: number, ...more: number[]): Operation[] {
  const log = openWriteLog(directory)
  const writer = join(import.meta.dirname, 'power', 'writer.mjs')
  const order = [join(directory, DATABASE), durability, SEED, steps, ...more].map(String)
  const env = { PATH: process.env.PATH, ...log.env }
  const { signal, stderr } = spawnSync(process.execPath, [writer, ...order], { env })
  expect(signal, String(stderr)).toBe('SIGKILL')
  return log.operations()
}

function everyChange(operations: Operation[]): number[] {
  const changes = operations.map(({ does }) => does !== 'tell' && does !== 'sync begins')
  return changes.flatMap((isChange, place) => (isChange ? [place + 1] : []))
}

function anyOperations(operations: Operation[], random: () => number, count: number): number[] {
  return Array.from({ length: count }, () => Math.floor(random() * operations.length)).sort((a, b) => a - b)
}

const acknowledged = (operations: Operation[]) => operations.filter(({ does }) => does === 'tell').length
const number = (count: number) => count.toLocaleString('en')
