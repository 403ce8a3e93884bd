import { join } from 'node:path'
import { openStore } from '../../dist/src/store/store.js'
import { createNotifier } from '../../dist/src/tasks/notifier.js'
import { readStatus } from '../../dist/src/tasks/read-status.js'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { withScratchDirectory } from '../harness/scratch.mjs'
import { fillDatabase, randomText } from '../store/fill.mjs'

export const title = 'A whole stream, polled chunk by chunk'

const BYTES = 60

export async function measure({ random, isShort }) {
  const chunks = isShort ? 2_000 : 100_000
  return withScratchDirectory(async (directory) => {
    const file = join(directory, 'stream.db')
    const tasks = [
      { id: 'task-whole', chunks },
      { id: 'task-tenth', chunks: chunks / 10 },
    ]
    fillDatabase(file, tasks, () => randomText(random, BYTES))
    const store = openStore({ file, durability: 'full' })
    const list = createList(chunks, random)
    const times = await interleave(
      { rounds: isShort ? 2 : 5, random },
      {
        spoold: () => pollStore(store, 'task-whole', chunks),
        tenth: () => pollStore(store, 'task-tenth', chunks / 10),
        original: () => pollList(list),
      },
    )
    store.close()
    const count = chunks.toLocaleString('en')
    const spoold = { name: 'spoold', unit: 's', values: times.spoold }
    const original = { name: 'original design', unit: 's', values: times.original }
    return [
      {
        ...ratioRow({
          name: `${count} chunks, speedup over the original design (a list in memory, scanned by each poll)`,
          measured: original,
          baseline: spoold,
          minTarget: 10,
        }),
        sides: [spoold, original],
        note: `the time of the original design is extrapolated from ${Math.min(SAMPLED, chunks)} polls, spread evenly over the stream`,
      },
      ratioRow({
        name: `time per chunk for ${count} chunks, compared with a tenth of them`,
        measured: { name: 'all chunks', unit: 'µs', values: times.spoold.map((s) => (s * 1e6) / chunks) },
        baseline: {
          name: 'a tenth of the chunks',
          unit: 'µs',
          values: times.tenth.map((s) => (s * 1e7) / chunks),
        },
        maxTarget: 1.2,
      }),
    ]
  })
}

/** Seconds for all polls, with the code that kiro_task_status runs in the daemon. */
async function pollStore(store, taskId, chunks) {
  const context = { store, notifier: createNotifier() }
  const start = performance.now()
  for (let from = 0; from < chunks; ) {
    const query = { from, waitMs: 0, waitFor: 'output', maxBytes: 1 }
    from = (await readStatus(taskId, query, context)).nextChunkIndex
  }
  return (performance.now() - start) / 1000
}

function createList(count, random) {
  return Array.from({ length: count }, (_, index) => ({
    index,
    content: randomText(random, BYTES),
    timestamp: new Date(index).toISOString(),
    isFinal: index === count - 1,
  }))
}

/** The number of polls of the list that are made; all of them would take minutes. */
const SAMPLED = 500

/** Seconds for all polls of one chunk each. The original server filters a list and joins the new contents. */
function pollList(list) {
  const step = Math.max(1, Math.floor(list.length / SAMPLED))
  const start = performance.now()
  for (let from = 0; from < list.length; from += step) {
    const fresh = list.filter(({ index }) => index >= from).slice(0, 1)
    fresh.map(({ content }) => content).join('')
  }
  return ((performance.now() - start) * step) / 1000
}
