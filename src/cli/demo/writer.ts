import { realpathSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Milliseconds between two lines: slow enough to watch. */
const PAUSE = 80

/** A line of the demo's output; letters of several bytes show that none is cut in half. */
export function demoLine(number: number): string {
  return `line ${String(number).padStart(3, '0')}: Grüße, 你好, привет 🧵\n`
}

/** `node writer.js COUNT` writes so many lines; now and then in two writes that cut a letter, as buffering programs do. */
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const count = Number(process.argv[2])
  for (let number = 1; number <= count; number += 1) {
    const bytes = Buffer.from(demoLine(number))
    const cut = number % 10 === 0 ? bytes.length - 3 : bytes.length
    process.stdout.write(bytes.subarray(0, cut))
    await sleep(PAUSE)
    process.stdout.write(bytes.subarray(cut))
  }
}
