// What an idle daemon costs: CPU time and wake-ups in a minute, resident memory. `npm run bench:idle`
import { setTimeout as pause } from 'node:timers/promises'
import { readUsage, startDaemon } from './daemon.mjs'

const WARM_UP_SECONDS = 70
const SECONDS = 60

const daemon = await startDaemon()
// The first purge loads and compiles what the later ones find ready.
await pause(WARM_UP_SECONDS * 1000)
const before = readUsage(daemon.pid)
await pause(SECONDS * 1000)
const after = readUsage(daemon.pid)
await daemon.stop()
console.log(
  `idle for ${SECONDS} s: ${after.cpuMs - before.cpuMs} ms of CPU, ${after.sleeps - before.sleeps} wake-ups, ` +
    `${after.residentMiB.toFixed(0)} MiB resident`,
)
