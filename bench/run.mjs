// `npm run bench [-- NAME… --short --seed N]`: measures, prints the table and writes it, with charts and all that was
// measured, into docs/. Exit code 0 also where a target is missed: the table says so.
import { fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeMachine } from './harness/machine.mjs'
import { printRows } from './harness/print-rows.mjs'
import { writeResults } from './harness/write-results.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const all = readdirSync(here('measures'))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length))
  .sort()

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
})
const unknown = positionals.filter((name) => !all.includes(name))
if (unknown.length > 0 || !/^\d{1,10}$/.test(values.seed)) {
  console.error(
    `There is no ${unknown[0] ?? `seed ${values.seed}`}; what can be measured: ${all.join(', ')}.`,
  )
  process.exit(2)
}

const machine = describeMachine()
const results = []
console.log(`seed ${values.seed}, ${machine.cpu}, Node ${machine.node}, load ${machine.loadBefore.join(' ')}`)
for (const name of positionals.length > 0 ? positionals : all) {
  const result = await inOwnProcess(name)
  if (result === undefined) continue
  results.push(result)
  printRows(result)
}
// A part, a short form, or a run with a failure, is no result to keep.
if (positionals.length === 0 && !values.short && process.exitCode === undefined) {
  writeResults({ seed: Number(values.seed), machine, results })
}

/** So that no measure runs on the heap of another. */
async function inOwnProcess(name) {
  const child = fork(here('harness/one-measure.mjs'), [name, values.seed, values.short ? 'short' : 'long'])
  let result
  child.on('message', (message) => {
    result = message
  })
  const [code] = await once(child, 'exit')
  if (code !== 0 || result === undefined) {
    console.error(`${name} could not be measured (exit code ${code})`)
    process.exitCode = 1
    return undefined
  }
  return { name, ...result }
}
