/** `node writer.js COUNT` writes COUNT lines; every tenth in two writes that split a character, as buffering programs do. */
import { setTimeout as sleep } from 'node:timers/promises'
import { demoLine } from './demo-line.js'

/** Slow enough to watch. */
const PAUSE_MS = 80

const count = Number(process.argv[2])
for (let number = 1; number <= count; number += 1) {
  const bytes = Buffer.from(demoLine(number))
  const cut = number % 10 === 0 ? bytes.length - 3 : bytes.length
  process.stdout.write(bytes.subarray(0, cut))
  await sleep(PAUSE_MS)
  process.stdout.write(bytes.subarray(cut))
}
