// Writes numbered lines, each with the time at which it was written, and finally the checksum of all lines. The message is
// JSON: {"seed", "lines", "pauseMs": the longest pause between two lines}.
import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { randomFrom } from '../../../bench/harness/random.mjs'
import { textOf } from './writer.mjs'

const { seed, lines, pauseMs } = JSON.parse(process.argv[2])
const random = randomFrom(seed)
const hash = createHash('sha256')

for (let number = 1; number <= lines; number += 1) {
  const words = textOf(seed + number, 50 + random() * 400).replaceAll('\n', '.')
  const line = `${number} ${(performance.timeOrigin + performance.now()).toFixed(1)} ${words}\n`
  hash.update(line)
  writeSync(1, line)
  await pause(random() * pauseMs)
}
writeSync(1, `${hash.digest('hex')}\n`)
