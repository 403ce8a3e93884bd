import { join } from 'node:path'
import { openStore } from '../../dist/src/store/store.js'
import { createNotifier } from '../../dist/src/tasks/notifier.js'
import { readStatus } from '../../dist/src/tasks/read-status.js'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { inScratch } from '../harness/scratch.mjs'
import { fillDatabase, randomText } from '../store/fill.mjs'

export const title = 'A whole stream, polled chunk by chunk'

const BYTES = 60

export async function measure({ random, isShort }) {
  const chunks = isShort ? 2_000 : 100_000
  return inScratch(async (directory) => {
    const file = join(directory, 'stream.db')
    const tasks = [
      { id: 'task-whole', chunks },
      { id: 'task-tenth', chunks: chunks / 10 },
    ]
    fillDatabase(file, tasks, () => randomText(random, BYTES))
    const store = openStore({ file, durability: 'full' })
    const list = inMemory(chunks, random)
    const times = await interleave(
      { rounds: isShort ? 2 : 5, random },
      {
        spoold: () => pollStore(store, 'task-whole', chunks),
        tenth: () => pollStore(store, 'task-tenth', chunks / 10),
        seed: () => pollList(list),
      },
    )
    store.close()
    const count = chunks.toLocaleString('en')
    const spoold = { name: 'spoold', unit: 's', values: times.spoold }
    return [
      {
        ...ratioRow({
          what: `${count} chunks, against the seed's design (a list in memory, scanned at each poll): times faster`,
          ours: { name: "the seed's design", unit: 's', values: times.seed },
          theirs: spoold,
          atLeast: 10,
        }),
        sides: [spoold, { name: "the seed's design", unit: 's', values: times.seed }],
        note: `the seed's time is reckoned from ${Math.min(SAMPLED, chunks)} of its polls, evenly spread over the stream`,
      },
      ratioRow({
        what: `a chunk of ${count}, against a chunk of a tenth of them: linear`,
        ours: { name: 'the whole', unit: 'µs', values: times.spoold.map((s) => (s * 1e6) / chunks) },
        theirs: { name: 'the tenth', unit: 'µs', values: times.tenth.map((s) => (s * 1e7) / chunks) },
        atMost: 1.2,
      }),
    ]
  })
}

/** Seconds for all polls, by what a call of kiro_task_status runs in the daemon. */
async function pollStore(store, taskId, chunks) {
  const context = { store, notifier: createNotifier() }
  const start = performance.now()
  for (let from = 0; from < chunks; ) {
    const query = { from, waitMs: 0, waitFor: 'output', maxBytes: 1 }
    from = (await readStatus(taskId, query, context)).nextChunkIndex
  }
  return (performance.now() - start) / 1000
}

function inMemory(count, random) {
  return Array.from({ length: count }, (_, index) => ({
    index,
    content: randomText(random, BYTES),
    timestamp: new Date(index).toISOString(),
    isFinal: index === count - 1,
  }))
}

/** Of the polls of a list so many are made, evenly spread; the others cost the same, and all of them would take minutes. */
const SAMPLED = 500

/** Seconds for all polls, each giving one chunk: the seed keeps a list, looks at each entry, and joins what is new. */
function pollList(list) {
  const step = Math.max(1, Math.floor(list.length / SAMPLED))
  const start = performance.now()
  for (let from = 0; from < list.length; from += step) {
    const fresh = list.filter(({ index }) => index >= from).slice(0, 1)
    fresh.map(({ content }) => content).join('')
  }
  return ((performance.now() - start) * step) / 1000
}
