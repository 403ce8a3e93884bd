import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { callTool, readUsage, startDaemon } from '../harness/daemon.mjs'

export const title = 'An idle daemon'

const BARE = fileURLToPath(new URL('../idle/bare-server.mjs', import.meta.url))

export async function measure({ isShort }) {
  // The first purge, at most a minute after the start, loads and compiles code that the later ones reuse.
  const warmUpSeconds = isShort ? 1 : 70
  const seconds = isShort ? 3 : 60
  const daemon = await startDaemon()
  const bare = fork(BARE)
  await once(bare, 'message')
  // The daemon loads MCP with the first request.
  await callTool(daemon, 'kiro_task_list', {})
  await pause(warmUpSeconds * 1000)
  const before = { spoold: readUsage(daemon.pid), bare: readUsage(bare.pid) }
  await pause(seconds * 1000)
  const after = { spoold: readUsage(daemon.pid), bare: readUsage(bare.pid) }
  const exited = once(bare, 'exit')
  bare.kill()
  await Promise.all([daemon.stop(), exited])

  const share = (side) => (100 * (after[side].cpuMs - before[side].cpuMs)) / (seconds * 1000)
  const side = (name, unit, value) => ({ name, unit, values: [value] })
  return [
    {
      name: `CPU time in ${seconds} s, share of one core; ${after.spoold.sleeps - before.spoold.sleeps} wake-ups`,
      value: share('spoold'),
      unit: '%',
      maxTarget: 0.2,
      sides: [side('spoold', '%', share('spoold')), side('bare node:http', '%', share('bare'))],
    },
    {
      name: 'resident memory, compared with a bare node:http server',
      value: after.spoold.residentMiB / after.bare.residentMiB,
      unit: '×',
      maxTarget: 2,
      sides: [
        side('spoold', 'MiB', after.spoold.residentMiB),
        side('bare node:http', 'MiB', after.bare.residentMiB),
      ],
    },
  ]
}
