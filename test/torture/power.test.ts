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
import { contentLeft, KnownToClient, serveAfterCut } from './power/daemon-after-cut.js'
import { Disk } from './power/disk.js'
import { recordDaemon } from './power/record-daemon.js'
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
    what: 'at any write, with the usual checkpoints',
    steps: inForm({ short: 25, long: 300 }),
    checkpointPages: [],
    cutsOf: (operations: Operation[], random: () => number) =>
      anyOperations(operations, random, inForm({ short: 25, long: 200 })),
  },
]

describe.skipIf(!canRecord)(`a power cut (seed ${SEED}; needs Linux and cc)`, () => {
  describe.each(['full', 'normal'])('durability %s', (durability) => {
    it.each(LOGS)('$what', ({ what, steps, checkpointPages, cutsOf }) => {
      const directory = tempDirectory('power')
      const operations = recordWriter(directory, durability, steps, ...checkpointPages)
      const isCheckpoint = (operation: Operation) => operation.kind === 'write' && operation.path === DATABASE
      expect(operations.some(isCheckpoint), 'the recording contains a checkpoint').toBe(true)
      const random = randomFrom(SEED)
      const cuts = cutsOf(operations, random)
      const lost = lostByCuts({ operations, cuts, random }).sort((a, b) => a - b)
      if (durability === 'full') expect(lost.at(-1), 'lost acknowledged commits').toBe(0)
      report({
        table: 'power',
        scenario: `power cut, durability ${durability}, ${what}`,
        amount: `${number(cuts.length)} cuts in ${number(operations.length)} operations with ${number(acknowledged(operations))} commits`,
        result: `never corrupt; acknowledged commits lost: ${medianAndMaximum(lost)}`,
      })
    })
  })

  it.each([...olderSchemas()])(
    'during the migration from schema %i, after each write',
    (version, migrations) => {
      const { file } = oldDatabase(migrations)
      const before: [string, Buffer][] = [[DATABASE, readFileSync(file)]]
      const operations = recordWriter(dirname(file), 'full', 0)
      const cuts = everyChange(operations)
      // The content is the same before and after the migration, so only the migration itself can be lost.
      expect(lostByCuts({ operations, before, cuts, random: randomFrom(SEED) })).toEqual(cuts.map(() => 0))
      report({
        table: 'power',
        scenario: `power cut during the migration from schema ${version}`,
        amount: `${number(cuts.length)} cuts`,
        result: 'all rows of all tables unchanged',
      })
    },
  )

  it.each(['full', 'normal'])(
    'while a daemon runs tasks and a client polls, durability %s',
    async (durability) => {
      const recording = await recordDaemon(durability, inForm({ short: 5, long: 40 }))
      const { operations } = recording
      const isFull = durability === 'full'
      const restarts = inForm({ short: 3, long: 20 })
      const random = randomFrom(SEED)
      const cuts = anyOperations(operations, random, inForm({ short: 40, long: 400 }))
      const disk = new Disk()
      const known = new KnownToClient()
      const lost: number[] = []
      let done = 0
      let reportedLost = 0
      for (const [place, cut] of cuts.entries()) {
        for (; done < cut; done += 1) {
          const operation = operations[done] as Operation
          if (operation.kind === 'acknowledge') known.add(operation)
          else disk.apply(operation)
        }
        const files = disk.afterPowerCut(random)
        const left = contentLeft(files, recording, known)
        lost.push(Math.max(0, known.chunks - left.chunks))
        if (!isFull) continue
        expect(left, `operation ${cut}`).toMatchObject({ missing: 0, unended: 0 })
        if (place % Math.floor(cuts.length / restarts) === 0)
          reportedLost += Number(await serveAfterCut(files, recording, known))
      }
      lost.sort((a, b) => a - b)
      if (isFull) expect(lost.at(-1), 'lost chunks that a client had received').toBe(0)
      report({
        table: 'power',
        scenario: `power cut while a daemon runs tasks and a client polls, durability ${durability}`,
        amount: `${number(cuts.length)} cuts in ${number(operations.length)} operations`,
        result: `never corrupt; chunks lost that a client had received: ${medianAndMaximum(lost)}${isFull ? `; after ${restarts} of the cuts a new daemon served the state, and reported the running task as lost in all ${reportedLost} cases where it had started` : ''}`,
      })
    },
  )
})

/** Runs power/writer.mjs on a store in a directory, and returns its file operations. */
function recordWriter(directory: string, durability: string, steps: number, ...more: number[]): Operation[] {
  const log = openWriteLog(directory)
  const writer = join(import.meta.dirname, 'power', 'writer.mjs')
  const args = [join(directory, DATABASE), durability, SEED, steps, ...more].map(String)
  const env = { PATH: process.env.PATH, ...log.env }
  const { signal, stderr } = spawnSync(process.execPath, [writer, ...args], { env })
  expect(signal, String(stderr)).toBe('SIGKILL')
  return log.operations()
}

function everyChange(operations: Operation[]): number[] {
  const changes = operations.map(({ kind }) => kind !== 'acknowledge' && kind !== 'sync begins')
  return changes.flatMap((isChange, place) => (isChange ? [place + 1] : []))
}

function anyOperations(operations: Operation[], random: () => number, count: number): number[] {
  return Array.from({ length: count }, () => Math.floor(random() * operations.length)).sort((a, b) => a - b)
}

const acknowledged = (operations: Operation[]) =>
  operations.filter(({ kind }) => kind === 'acknowledge').length
const number = (count: number) => count.toLocaleString('en')
const medianAndMaximum = (sorted: number[]) =>
  `median ${sorted[sorted.length >> 1]}, maximum ${sorted.at(-1)}`
