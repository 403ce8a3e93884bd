import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStore } from '../../dist/src/store/store.js'
import { installOnce } from '../../test/helpers/installed-programs.mjs'
import { callTool, startDaemon } from '../harness/daemon.mjs'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { inScratch } from '../harness/scratch.mjs'
import { newTask } from '../store/new-task.mjs'

export const title =
  'Queues on SQLite (plainjob 0.0.14, liteque 0.8.0), on the work that they share with spoold'

const AT_ONCE = 8
/** Its dequeue gives better-sqlite3 an asynchronous transaction. */
const LITEQUE =
  'liteque 0.8.0 takes jobs, but cannot run them on better-sqlite3 12, which refuses its asynchronous transactions'

export async function measure({ random, isShort }) {
  installOnce(fileURLToPath(new URL('../peers', import.meta.url)))
  const peers = await import('../peers/queues.mjs')
  const opens = { plainjob: peers.openPlainjob, liteque: peers.openLiteque }
  const jobs = isShort ? 30 : 400
  const rounds = isShort ? 1 : 5
  const daemon = await startDaemon({ maxTasks: jobs + 1, concurrency: AT_ONCE, durability: 'normal' })
  const rows = await inScratch(async (directory) => {
    const fileOf = (side, round) => join(directory, `${side}-${round}.db`)
    const enqueued = await interleave(
      { rounds, random },
      {
        spoold: (round) => enqueueInStore(fileOf('store', round), jobs),
        ...sidesOf(opens, (name, round) => enqueue(opens[name](fileOf(`add-${name}`, round), runTrue), jobs)),
      },
    )
    const run = await interleave(
      { rounds, random },
      {
        spoold: () => runTasks(daemon, jobs),
        plainjob: (round) => runJobs(peers.openPlainjob(fileOf('run', round), runTrue), jobs),
      },
    )
    const side = (name, values) => ({ name, unit: 'per s', values })
    const added = Object.keys(opens).map((name) =>
      ratioRow({
        what: `${jobs} tasks put into the queue, one after the other; against ${name}`,
        ours: side('spoold', enqueued.spoold),
        theirs: side(name, enqueued[name]),
        ...(name === 'liteque' ? { note: LITEQUE } : {}),
      }),
    )
    return [
      ...added,
      ratioRow({
        what: `${jobs} tasks put in and run to the end, /bin/true each, ${AT_ONCE} at a time; against plainjob`,
        ours: side('spoold, by HTTP', run.spoold),
        theirs: side('plainjob, in its process', run.plainjob),
        note: 'spoold runs each in a session of its own through its wrapper, spools, commits five times, and is asked over HTTP: its tasks outlive it',
      }),
    ]
  })
  await daemon.stop()
  return rows
}

function sidesOf(opens, measureOne) {
  return Object.fromEntries(Object.keys(opens).map((name) => [name, (round) => measureOne(name, round)]))
}

async function perSecond(count, work) {
  const start = performance.now()
  await work()
  return count / ((performance.now() - start) / 1000)
}

async function enqueueInStore(file, jobs) {
  const store = openStore({ file, durability: 'normal' })
  const rate = await perSecond(jobs, async () => {
    for (let n = 0; n < jobs; n += 1) await store.createTask(newTask(`task-${n}`), jobs)
  })
  store.close()
  return rate
}

async function enqueue(queue, jobs) {
  const rate = await perSecond(jobs, async () => {
    for (let n = 0; n < jobs; n += 1) await queue.add(n)
  })
  queue.close()
  return rate
}

async function runJobs(queue, jobs) {
  const rate = await perSecond(jobs, async () => {
    for (let n = 0; n < jobs; n += 1) await queue.add(n)
    await queue.runAll(AT_ONCE, jobs)
  })
  queue.close()
  return rate
}

function runTasks(daemon, jobs) {
  return perSecond(jobs, async () => {
    const ids = []
    for (let n = 0; n < jobs; n += 1) {
      ids.push((await callTool(daemon, 'spoold_exec', { argv: ['/bin/true'] })).task_id)
    }
    for (const task_id of ids) {
      const ended = await callTool(daemon, 'kiro_task_status', { task_id, wait_for: 'done', wait_ms: 50_000 })
      if (ended.status !== 'completed') throw new Error(JSON.stringify(ended))
    }
  })
}

async function runTrue() {
  const [code] = await once(spawn('/bin/true', { stdio: 'ignore' }), 'exit')
  if (code !== 0) throw new Error(`/bin/true ended with ${code}`)
}
