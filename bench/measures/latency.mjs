import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { callTool, startDaemon } from '../harness/daemon.mjs'
import { median, quantile } from '../harness/statistics.mjs'

export const title = 'From a line that the child writes to the clients that wait for it'

const WAITERS = fileURLToPath(new URL('../latency/waiters.mjs', import.meta.url))
/** Seconds between two lines of a task. */
const PAUSE = 2
/** Seconds that the start of all tasks takes at most. */
const SETTLED = 6
const SEED_POLL_MS = 500
const CLIENTS_OF_A_TASK = 10

export async function measure({ isShort }) {
  const lines = isShort ? 2 : 8
  const counts = isShort ? [1, 20] : [1, 100, 1_000]
  const daemon = await startDaemon({ maxTasks: 110, concurrency: 110 })
  const waits = []
  for (const waiters of counts) {
    const tasks = Math.ceil(waiters / CLIENTS_OF_A_TASK)
    // One client alone sees as few lines as a task has: it reads more of them.
    waits.push(
      await latencies(daemon, { waiters, tasks, lines: waiters === 1 ? 3 * lines : lines, wait_ms: 20_000 }),
    )
  }
  const everyMs = SEED_POLL_MS
  const polls = await latencies(daemon, { waiters: isShort ? 5 : 50, tasks: 5, lines, everyMs })
  const crowd = isShort
    ? undefined
    : await latencies(daemon, { waiters: 1_000, tasks: 1, lines, wait_ms: 20_000 })
  await daemon.stop()
  const seed = {
    name: `polling each ${SEED_POLL_MS / 1000} s, as the seed's clients do`,
    unit: 'ms',
    values: polls,
  }
  return counts
    .flatMap((count, place) => rowsOf({ count, values: waits[place], seed }))
    .concat(crowd === undefined ? [] : crowdRow(crowd))
}

function rowsOf({ count, values, seed }) {
  const who = `${count.toLocaleString('en')} waiting, ${Math.min(count, CLIENTS_OF_A_TASK)} for each task`
  const side = { name: who, unit: 'ms', values }
  return [
    { what: `${who}: p50`, figure: median(values), unit: 'ms', atMost: 5, sides: [side, seed] },
    { what: `${who}: p99`, figure: quantile(values, 0.99), unit: 'ms', atMost: 40, sides: [side] },
  ]
}

function crowdRow(values) {
  return {
    what: '1,000 waiting for one task: p50',
    figure: median(values),
    unit: 'ms',
    sides: [{ name: '1,000 for one task', unit: 'ms', values }],
    note: 'a thousand answers are made one after the other, so this is half of the CPU time of a thousand calls',
  }
}

/** A child that writes when it writes, in ns since 1970; not in step with others. */
const writer = (lines, after) => [
  '/bin/sh',
  '-c',
  `sleep ${after.toFixed(3)}; n=0; while [ $n -lt ${lines} ]; do sleep ${PAUSE}; date +%s%N; n=$((n+1)); done`,
]

/** ms of each line at each client. The clients are a process of their own. */
async function latencies(daemon, { waiters, tasks, lines, wait_ms = 0, everyMs = 0 }) {
  const taskIds = []
  for (let n = 0; n < tasks; n += 1) {
    // They begin when all of them are started and the clients wait.
    const argv = writer(lines, SETTLED + (PAUSE * n) / tasks)
    taskIds.push((await callTool(daemon, 'spoold_exec', { argv })).task_id)
  }
  const order = { url: daemon.url, token: daemon.operatorToken, taskIds, waiters, wait_ms, everyMs }
  const child = fork(WAITERS, [JSON.stringify(order)])
  const [values] = await once(child, 'message')
  await once(child, 'exit')
  return values
}
