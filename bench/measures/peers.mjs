import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStore } from '../../dist/src/store/store.js'
import { installOnce } from '../../test/helpers/installed-programs.mjs'
import { callTool, startDaemon } from '../harness/daemon.mjs'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { withScratchDirectory } from '../harness/scratch.mjs'
import { newTask } from '../store/new-task.mjs'

export const title = 'SQLite queues (plainjob 0.0.14, liteque 0.8.0): the work that they share with spoold'

const AT_ONCE = 8
const LITEQUE_NOTE =
  'liteque 0.8.0 can enqueue jobs, but not run them on better-sqlite3 12, which rejects its asynchronous transactions'

export async function measure({ random, isShort }) {
  installOnce(fileURLToPath(new URL('../peers', import.meta.url)))
  const peers = await import('../peers/queues.mjs')
  const opens = { plainjob: peers.openPlainjob, liteque: peers.openLiteque }
  const jobs = isShort ? 30 : 400
  const rounds = isShort ? 1 : 5
  const daemon = await startDaemon({ maxTasks: jobs + 1, concurrency: AT_ONCE, durability: 'normal' })
  const rows = await withScratchDirectory(async (directory) => {
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
        name: `${jobs} tasks enqueued one after the other, compared with ${name}`,
        measured: side('spoold', enqueued.spoold),
        baseline: side(name, enqueued[name]),
        ...(name === 'liteque' ? { note: LITEQUE_NOTE } : {}),
      }),
    )
    return [
      ...added,
      ratioRow({
        name: `${jobs} tasks of /bin/true enqueued and run, ${AT_ONCE} at a time, compared with plainjob`,
        measured: side('spoold, over HTTP', run.spoold),
        baseline: side('plainjob, in one process', run.plainjob),
        note: 'spoold starts each task in its own session through the wrapper, spools its output, commits five times and is called over HTTP; its tasks outlive it',
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
  if (code !== 0) throw new Error(`/bin/true exited with ${code}`)
}
