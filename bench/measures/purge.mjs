import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openStore } from '../../dist/src/store/store.js'
import { runPurge } from '../../dist/src/tasks/purge.js'
import { longestStall } from '../harness/longest-stall.mjs'
import { withScratchDirectory } from '../harness/scratch.mjs'
import { median } from '../harness/statistics.mjs'
import { fillDatabase, randomText } from '../store/fill.mjs'
import { claimNewTask } from '../store/new-task.mjs'

export const title = 'The purge, while the same process appends and polls'

const BYTES = 200

export async function measure({ random, isShort }) {
  const tasks = isShort ? 2 : 100
  const chunksEach = isShort ? 1_000 : 10_000
  const rounds = isShort ? 1 : 3
  const stalls = { purge: [], without: [] }
  let seconds = 0
  for (let round = 0; round < rounds; round += 1) {
    await withScratchDirectory(async (directory) => {
      const file = join(directory, 'purge.db')
      const old = Array.from({ length: tasks }, (_, n) => ({ id: `task-${n}`, chunks: chunksEach }))
      fillDatabase(file, old, () => randomText(random, BYTES))
      const store = openStore({ file, durability: 'full' })
      const work = await startWork(store)
      stalls.without.push(await longestStall(() => pause(isShort ? 200 : 3_000)))
      stalls.purge.push(
        await longestStall(async () => {
          const start = performance.now()
          await purgeAll(store)
          seconds = (performance.now() - start) / 1000
          // Includes the work that the purge leaves behind.
          await pause(isShort ? 200 : 3_000)
        }),
      )
      await work.end()
      store.close()
    })
  }
  const count = (tasks * chunksEach).toLocaleString('en')
  return [
    {
      name: `longest stall of the event loop while ${count} chunks of ${BYTES} bytes are purged`,
      value: median(stalls.purge),
      unit: 'ms',
      maxTarget: 25,
      sides: [
        { name: 'with the purge', unit: 'ms', values: stalls.purge },
        { name: 'the same work without the purge', unit: 'ms', values: stalls.without },
      ],
      note: `the purge took ${seconds.toFixed(0)} s`,
    },
  ]
}

async function purgeAll(store) {
  const cutoff = { expiredAt: Date.now(), sessionsUnusedSince: 0 }
  const purged = await runPurge(store, cutoff, 'schedule', Date.now, new AbortController().signal)
  if (purged.tasks === 0) throw new Error('nothing was purged')
}

/** Appends to a task and polls it until `end` is called. */
async function startWork(store) {
  const run = await claimNewTask(store, 'task-at-work')
  let isOver = false
  const pieces = Array.from({ length: 4 }, () => ({ kind: 'text', content: 'x'.repeat(BYTES) }))
  const appender = (async () => {
    for (let n = 0; !isOver; n += 1) {
      const decoderState = { kind: 'bench', state: null }
      await store.append({
        ...run,
        expectedIndex: 4 * n,
        pieces,
        offsets: { out: n, err: 0 },
        decoderState,
        at: n,
      })
      await pause(5)
    }
  })()
  const poller = (async () => {
    while (!isOver) {
      await store.readChunks(run.taskId, { from: 0, maxBytes: 10_000 })
      await pause(5)
    }
  })()
  return {
    async end() {
      isOver = true
      await Promise.all([appender, poller])
    },
  }
}
