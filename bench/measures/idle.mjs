import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { callTool, readUsage, startDaemon } from '../harness/daemon.mjs'

export const title = 'A daemon that has nothing to do'

const BARE = fileURLToPath(new URL('../idle/bare-server.mjs', import.meta.url))

export async function measure({ isShort }) {
  // The first purge, a minute after the start at most, loads and compiles what the later ones find ready.
  const warmUpSeconds = isShort ? 1 : 70
  const seconds = isShort ? 3 : 60
  const daemon = await startDaemon()
  const bare = fork(BARE)
  await once(bare, 'message')
  // One that has served somebody: before that it has not even loaded MCP.
  await callTool(daemon, 'kiro_task_list', {})
  await pause(warmUpSeconds * 1000)
  const before = { ours: readUsage(daemon.pid), bare: readUsage(bare.pid) }
  await pause(seconds * 1000)
  const after = { ours: readUsage(daemon.pid), bare: readUsage(bare.pid) }
  const gone = once(bare, 'exit')
  bare.kill()
  await Promise.all([daemon.stop(), gone])

  const share = (side) => (100 * (after[side].cpuMs - before[side].cpuMs)) / (seconds * 1000)
  const side = (name, unit, value) => ({ name, unit, values: [value] })
  return [
    {
      what: `CPU time in ${seconds} s, of one core; ${after.ours.sleeps - before.ours.sleeps} wake-ups`,
      figure: share('ours'),
      unit: '%',
      atMost: 0.2,
      sides: [side('spoold', '%', share('ours')), side('bare node:http', '%', share('bare'))],
    },
    {
      what: 'resident memory, against a bare node:http server',
      figure: after.ours.residentMiB / after.bare.residentMiB,
      unit: '×',
      atMost: 2,
      sides: [
        side('spoold', 'MiB', after.ours.residentMiB),
        side('bare node:http', 'MiB', after.bare.residentMiB),
      ],
    },
  ]
}
