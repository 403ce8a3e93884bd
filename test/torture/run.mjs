/**
 * `npm run torture [-- NAME…]`: the long form of the torture, at most 15 minutes, and the table of what was done and seen. A
 * whole run is written into docs/internals/reliability.md.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, release, tmpdir, type } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'
import { markdownTable, writeDocBlock } from '../../bench/harness/doc-block.mjs'
import { readIfThere, runTests } from '../helpers/installed-programs.mjs'
import { killLeftovers } from '../helpers/process-environments.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const PAGE = join(here, '..', '..', 'docs', 'internals', 'reliability.md')
const MAX_MS = 15 * 60_000
const HEAD = ['what', 'how much', 'seen']

const names = process.argv.slice(2)
const tests = names.map((name) => join('test', 'torture', `${name}.test.ts`))
const directory = mkdtempSync(join(tmpdir(), 'spoold-torture-'))
const file = join(directory, 'report')
const start = performance.now()
try {
  process.exitCode = runTests(
    here,
    tests,
    // All that tests make is in there, so that nothing is left where they are ended by the time limit.
    { SPOOLD_TORTURE: 'long', SPOOLD_TORTURE_REPORT: file, TMPDIR: directory },
    MAX_MS,
  )
  const tables = readTables(readIfThere(file) ?? '')
  const minutes = ((performance.now() - start) / 60_000).toFixed(1)
  for (const [name, rows] of tables) print(name, rows)
  console.log(`${process.exitCode === 0 ? 'All of it held' : 'Not all of it held'}, in ${minutes} minutes.`)
  if (process.exitCode === 0 && names.length === 0) write(tables, minutes)
} finally {
  killLeftovers(directory)
  rmSync(directory, { recursive: true, force: true })
}

/** @param {string} report one row a line, in JSON @returns {Map<string, string[][]>} */
function readTables(report) {
  const tables = new Map()
  for (const line of report.split('\n').filter((text) => text !== '')) {
    const { table, what, amount, seen } = JSON.parse(line)
    tables.set(table, [...(tables.get(table) ?? []), [what, amount, seen]])
  }
  return new Map([...tables].sort())
}

/** @param {string} name @param {string[][]} rows */
function print(name, rows) {
  const table = new Table({
    head: HEAD,
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [44, 24, 64],
  })
  table.push(...rows)
  console.log(`\n${name}\n${table}`)
}

/** @param {Map<string, string[][]>} tables @param {string} minutes */
function write(tables, minutes) {
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${type()} ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`
  const parts = [...tables].map(([name, rows]) => `### ${name}\n\n${markdownTable(HEAD, rows)}`)
  const text = [`The run of ${date} took ${minutes} minutes on ${machine}.`, ...parts].join('\n\n')
  writeDocBlock(PAGE, 'figures', text)
}
