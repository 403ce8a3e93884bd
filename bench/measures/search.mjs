import { join } from 'node:path'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { openStore } from '../../dist/src/store/store.js'
import { runPurge } from '../../dist/src/tasks/purge.js'
import { longestStall } from '../harness/longest-stall.mjs'
import { withScratchDirectory } from '../harness/scratch.mjs'
import { median } from '../harness/statistics.mjs'
import { fillDatabase } from '../store/fill.mjs'

export const title = 'Search: long outputs are indexed, searched and purged'

const CHUNK_BYTES = 16_384
/** Size of the vocabulary; every tenth word is the most frequent one. */
const WORDS = 20_000

export async function measure({ random, isShort }) {
  const tasks = isShort ? 2 : 4
  const mebibytes = isShort ? 1 : 32
  const rounds = isShort ? 1 : 3
  const stalls = { index: [], search: [], purge: [] }
  const searches = { common: [], rare: [], phrase: [] }
  let seconds = 0
  for (let round = 0; round < rounds; round += 1) {
    await withScratchDirectory(async (directory) => {
      const file = join(directory, 'search.db')
      const old = Array.from({ length: tasks }, (_, n) => ({
        id: `task-${n}`,
        chunks: (mebibytes * 2 ** 20) / CHUNK_BYTES,
      }))
      fillDatabase(file, old, () => randomWords(random, CHUNK_BYTES))
      const store = openStore({ file, durability: 'full' })
      const start = performance.now()
      stalls.index.push(await longestStall(() => indexAll(store)))
      seconds = (performance.now() - start) / 1000
      const timed = (words) => async () => {
        const before = performance.now()
        const { taskCount } = await store.search({ words, limit: 20 }, new AbortController().signal)
        if (taskCount === 0) throw new Error(`${words} was not found`)
        return performance.now() - before
      }
      const common = timed('w0')
      const rare = timed('w19000')
      const phrase = timed('"w0 w0"')
      stalls.search.push(
        await longestStall(async () => {
          searches.common.push(await common())
          searches.rare.push(await rare())
          searches.phrase.push(await phrase())
        }),
      )
      stalls.purge.push(
        await longestStall(async () => {
          const cutoff = { expiredAt: Date.now(), sessionsUnusedSince: 0 }
          await runPurge(store, cutoff, 'schedule', Date.now, new AbortController().signal)
          await pause(100)
        }),
      )
      store.close()
    })
  }
  const amount = `${tasks} outputs of ${mebibytes} MiB`
  const stall = (action, values) => ({
    name: `longest stall of the event loop while ${amount} are ${action}`,
    value: median(values),
    unit: 'ms',
    maxTarget: 25,
    sides: [{ name: 'spoold', unit: 'ms', values }],
  })
  const search = (term, values) => ({
    name: `a search in them for ${term}`,
    value: median(values),
    unit: 'ms',
    sides: [{ name: 'spoold', unit: 'ms', values }],
  })
  return [
    { ...stall('indexed', stalls.index), note: `indexing took ${seconds.toFixed(0)} s` },
    stall('searched', stalls.search),
    stall('purged and removed from the index', stalls.purge),
    search('a frequent word', searches.common),
    search('a rare word', searches.rare),
    search('a phrase', searches.phrase),
  ]
}

async function indexAll(store) {
  while (!(await store.indexStep()).done) await turn()
}

function randomWords(random, bytes) {
  let text = ''
  while (text.length < bytes) {
    const isCommon = random() < 0.1
    text += `w${isCommon ? 0 : Math.floor(WORDS * random() ** 3)}${random() < 0.05 ? '\n' : ' '}`
  }
  return text.slice(0, bytes)
}
