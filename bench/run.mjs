// `npm run bench [-- NAME… --short --seed N]`: runs the measurements and prints tables of the results. A complete run also writes
// them, with charts, to docs/internals/. A missed target is marked in the table and does not change the exit code.
import { fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeMachine } from './harness/machine.mjs'
import { printRows } from './harness/print-rows.mjs'
import { writeResults } from './harness/write-results.mjs'

const resolve = (path) => fileURLToPath(new URL(path, import.meta.url))
const all = readdirSync(resolve('measures'))
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
  const problem = unknown.length > 0 ? `Unknown measurement: ${unknown[0]}` : `Invalid seed: ${values.seed}`
  console.error(`${problem}. Measurements: ${all.join(', ')}.`)
  process.exit(2)
}

const machine = describeMachine()
const results = []
console.log(`seed ${values.seed}, ${machine.cpu}, Node ${machine.node}, load ${machine.loadBefore.join(' ')}`)
for (const name of positionals.length > 0 ? positionals : all) {
  const result = await measureInChild(name)
  if (result === undefined) continue
  results.push(result)
  printRows(result)
}
// Only a complete, long run without a failure is written.
if (positionals.length === 0 && !values.short && process.exitCode === undefined) {
  writeResults({ seed: Number(values.seed), machine, results })
}

/** Runs one measurement in its own process, so that its heap does not affect the others. */
async function measureInChild(name) {
  const child = fork(resolve('harness/one-measure.mjs'), [name, values.seed, values.short ? 'short' : 'long'])
  let result
  child.on('message', (message) => {
    result = message
  })
  const [code] = await once(child, 'exit')
  if (code !== 0 || result === undefined) {
    console.error(`The measurement ${name} failed with exit code ${code}.`)
    process.exitCode = 1
    return undefined
  }
  return { name, ...result }
}
