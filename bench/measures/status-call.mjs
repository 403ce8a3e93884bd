import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { fileURLToPath } from 'node:url'
import { callTool, readUsage, startDaemon } from '../harness/daemon.mjs'
import { interleave } from '../harness/interleave.mjs'
import { openCaller } from '../harness/open-caller.mjs'
import { ratioRow } from '../harness/row.mjs'

export const title = 'A poll over HTTP: CPU time of the server per call'

const TRIVIAL = fileURLToPath(new URL('../status-call/sdk-server.mjs', import.meta.url))
/** Concurrent calls. */
const CONCURRENCY = 4

export async function measure({ random, isShort }) {
  const calls = isShort ? 300 : 3_000
  const daemon = await startDaemon()
  const trivial = fork(TRIVIAL)
  const [{ url }] = await once(trivial, 'message')
  const task_id = await finishedTask(daemon)
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })
  const caller = (endpoint, name, args) => {
    const call = openCaller(endpoint, agent)
    return () => call(name, args)
  }
  const token = daemon.operatorToken
  const poll = (era) => caller({ url: daemon.url, token, era }, 'kiro_task_status', { task_id, wait_ms: 0 })
  const sides = {
    in2025: { pid: daemon.pid, send: poll(2025) },
    in2026: { pid: daemon.pid, send: poll(2026) },
    trivial: { pid: trivial.pid, send: caller({ url, token: 'none', era: 2025 }, 'echo', { text: 'x' }) },
  }
  // Warms up the compiler.
  for (const side of Object.values(sides)) await costOf(side, isShort ? 100 : 1_500)
  const costs = await interleave(
    { rounds: isShort ? 2 : 7, random },
    Object.fromEntries(Object.entries(sides).map(([name, side]) => [name, () => costOf(side, calls)])),
  )
  agent.destroy()
  const exited = once(trivial, 'exit')
  trivial.kill()
  await Promise.all([daemon.stop(), exited])
  const baseline = { name: 'trivial tool on a bare SDK 1.x server', unit: 'µs', values: costs.trivial }
  return [
    ratioRow({
      name: 'kiro_task_status of a finished task, MCP 2025-11-25',
      measured: { name: 'spoold', unit: 'µs', values: costs.in2025 },
      baseline,
      maxTarget: 0.4,
    }),
    ratioRow({
      name: 'kiro_task_status of a finished task, MCP 2026-07-28',
      measured: { name: 'spoold', unit: 'µs', values: costs.in2026 },
      baseline,
    }),
  ]
}

async function finishedTask(daemon) {
  const { task_id } = await callTool(daemon, 'spoold_exec', { argv: ['/bin/sh', '-c', 'echo one; echo two'] })
  await callTool(daemon, 'kiro_task_status', { task_id, wait_for: 'done' })
  return task_id
}

/** CPU time of the server process per call, µs. */
async function costOf({ pid, send }, calls) {
  const before = readUsage(pid).cpuMs
  let left = calls
  const caller = async () => {
    while (left > 0) {
      left -= 1
      await send()
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, caller))
  return ((readUsage(pid).cpuMs - before) * 1000) / calls
}
