import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { callTool, startDaemon } from '../harness/daemon.mjs'
import { median, quantile } from '../harness/statistics.mjs'

export const title = 'Latency from a written line to the waiting clients'

const WAITERS = fileURLToPath(new URL('../latency/waiters.mjs', import.meta.url))
/** Seconds between two lines of a task. */
const PAUSE_SECONDS = 2
/** Seconds until all tasks have started and the clients wait. */
const SETUP_SECONDS = 6
/** Poll interval of the clients of the original server. */
const ORIGINAL_POLL_MS = 500
const CLIENTS_PER_TASK = 10

export async function measure({ isShort }) {
  const lines = isShort ? 2 : 8
  const counts = isShort ? [1, 20] : [1, 100, 1_000]
  const daemon = await startDaemon({ maxTasks: 110, concurrency: 110 })
  const waits = []
  for (const waiters of counts) {
    const tasks = Math.ceil(waiters / CLIENTS_PER_TASK)
    // A single client measures only one latency per line, so its task writes more lines.
    waits.push(
      await latencies(daemon, { waiters, tasks, lines: waiters === 1 ? 3 * lines : lines, wait_ms: 20_000 }),
    )
  }
  const intervalMs = ORIGINAL_POLL_MS
  const polls = await latencies(daemon, { waiters: isShort ? 5 : 50, tasks: 5, lines, intervalMs })
  const crowd = isShort
    ? undefined
    : await latencies(daemon, { waiters: 1_000, tasks: 1, lines, wait_ms: 20_000 })
  await daemon.stop()
  const original = {
    name: `polling every ${ORIGINAL_POLL_MS / 1000} s, as clients of the original server`,
    unit: 'ms',
    values: polls,
  }
  return counts
    .flatMap((count, place) => rowsOf({ count, values: waits[place], original }))
    .concat(crowd === undefined ? [] : crowdRow(crowd))
}

function rowsOf({ count, values, original }) {
  const clients = `${count.toLocaleString('en')} waiting, ${Math.min(count, CLIENTS_PER_TASK)} per task`
  const side = { name: clients, unit: 'ms', values }
  return [
    { name: `${clients}: p50`, value: median(values), unit: 'ms', maxTarget: 5, sides: [side, original] },
    { name: `${clients}: p99`, value: quantile(values, 0.99), unit: 'ms', maxTarget: 40, sides: [side] },
  ]
}

function crowdRow(values) {
  return {
    name: '1,000 waiting for one task: p50',
    value: median(values),
    unit: 'ms',
    sides: [{ name: '1,000 waiting for one task', unit: 'ms', values }],
    note: 'a thousand results are built one after the other, so the median is half of the CPU time of a thousand calls',
  }
}

/** A command that prints lines, each with the time of its writing in ns since 1970. */
const writer = (lines, after) => [
  '/bin/sh',
  '-c',
  `sleep ${after.toFixed(3)}; n=0; while [ $n -lt ${lines} ]; do sleep ${PAUSE_SECONDS}; date +%s%N; n=$((n+1)); done`,
]

/** The latency of each line at each client, in ms. The clients run in another process. */
async function latencies(daemon, { waiters, tasks, lines, wait_ms = 0, intervalMs = 0 }) {
  const taskIds = []
  for (let n = 0; n < tasks; n += 1) {
    // The tasks write at different times.
    const argv = writer(lines, SETUP_SECONDS + (PAUSE_SECONDS * n) / tasks)
    taskIds.push((await callTool(daemon, 'spoold_exec', { argv })).task_id)
  }
  const request = { url: daemon.url, token: daemon.operatorToken, taskIds, waiters, wait_ms, intervalMs }
  const child = fork(WAITERS, [JSON.stringify(request)])
  const [values] = await once(child, 'message')
  await once(child, 'exit')
  return values
}
