import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { randomFrom } from '../../bench/harness/random.mjs'
import { openStore } from '../../src/store/store.js'
import { tempDirectory } from '../helpers/temp-state.js'
import { inForm } from './form.js'
import { piecesOf, TASK_ID } from './power/pieces.mjs'
import { Disk, type Operation, readWriteLog } from './power/write-order.js'
import { report } from './report.js'

const APPENDS = inForm({ short: 250, long: 900 })
const CUTS = inForm({ short: 60, long: 400 })
/** Repeat a run that failed with SPOOLD_TEST_SEED. */
const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)

const hasCompiler = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0

/** A store that is written to, as the operations that reach the disk. */
function recordWrites(durability: string): Operation[] {
  const scratch = tempDirectory('power')
  const library = join(scratch, 'write-log.so')
  const source = join(import.meta.dirname, 'power', 'write-log.c')
  const { status, stderr } = spawnSync('cc', [
    '-shared',
    '-fPIC',
    '-O1',
    '-o',
    library,
    source,
    '-ldl',
    '-lpthread',
  ])
  expect(status, String(stderr)).toBe(0)
  const directory = join(scratch, 'state')
  mkdirSync(directory)
  const log = join(scratch, 'log')
  const writer = join(import.meta.dirname, 'power', 'writer.mjs')
  const { signal, stderr: said } = spawnSync(
    process.execPath,
    [writer, directory, durability, String(SEED), String(APPENDS)],
    {
      env: {
        PATH: process.env.PATH,
        LD_PRELOAD: library,
        WRITE_LOG: log,
        WRITE_LOG_DIR: directory,
        UV_USE_IO_URING: '0',
      },
    },
  )
  expect(signal, String(said)).toBe('SIGKILL')
  return readWriteLog(readFileSync(log))
}

/** How many chunks of what was appended are there, in order and unchanged. */
async function chunksIn(file: string): Promise<number> {
  const db = new Database(file)
  expect(db.pragma('quick_check', { simple: true })).toBe('ok')
  expect(db.pragma('foreign_key_check')).toEqual([])
  db.close()
  const store = openStore({ file, durability: 'full' })
  const page = await store.readChunks(TASK_ID, { from: 0, maxBytes: Number.MAX_SAFE_INTEGER })
  store.close()
  const contents = page?.chunks.map(({ content }) => content) ?? []
  const written = APPENDED.flat().slice(0, contents.length)
  expect(contents).toEqual(written)
  expect(page?.task.chunkCount ?? 0).toBe(contents.length)
  return contents.length
}

const APPENDED = Array.from({ length: APPENDS }, (_, n) => piecesOf(SEED, n).map(({ content }) => content))
/** Chunks after so many appends. */
const CHUNKS_AFTER = [0]
for (const pieces of APPENDED) CHUNKS_AFTER.push((CHUNKS_AFTER.at(-1) ?? 0) + pieces.length)

it.skipIf(!hasCompiler).each(['full', 'normal'])(
  `durability %s: the power is cut at ${CUTS} points of the write order; what is left is whole, and a beginning of what was committed (seed ${SEED})`,
  async (durability) => {
    const operations = recordWrites(durability)
    const random = randomFrom(SEED)
    const cuts = Array.from({ length: CUTS }, () => Math.floor(random() * operations.length)).sort(
      (a, b) => a - b,
    )
    const disk = new Disk()
    const scratch = tempDirectory('power-cuts')
    const lost: number[] = []
    let done = 0
    let acknowledged = 0
    for (const cut of cuts) {
      for (; done < cut; done += 1) {
        const operation = operations[done] as Operation
        if (operation.path === 'acks') acknowledged += 1
        else disk.apply(operation)
      }
      const directory = join(scratch, String(cut))
      mkdirSync(directory, { recursive: true })
      for (const [path, bytes] of disk.afterPowerCut(random)) writeFileSync(join(directory, path), bytes)
      const kept = await chunksIn(join(directory, 'spoold.db'))
      rmSync(directory, { recursive: true })
      expect(CHUNKS_AFTER, 'no append is there in part').toContain(kept)
      const seen = CHUNKS_AFTER[acknowledged] as number
      if (durability === 'full') expect(kept, `of ${seen} chunks that were seen`).toBeGreaterThanOrEqual(seen)
      lost.push(Math.max(0, acknowledged - CHUNKS_AFTER.indexOf(kept)))
    }
    const syncs = operations.filter(({ does }) => does === 'sync').length
    expect(
      operations.some(({ path }) => path === 'spoold.db'),
      'checkpoints are among what is cut',
    ).toBe(true)
    lost.sort((a, b) => a - b)
    report({
      table: 'power',
      what: `the power is cut, durability ${durability}`,
      amount: `${CUTS} cuts among ${operations.length.toLocaleString('en')} writes and ${syncs} syncs of ${APPENDS} commits`,
      seen: `never corrupt; acknowledged commits lost: ${lost[lost.length >> 1]} in the median, ${lost.at(-1)} at most`,
    })
  },
)
