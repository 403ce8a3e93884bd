/**
 * `npm run torture [-- NAME…]`: runs the long form of the torture tests for at most 15 minutes and prints tables of the results. A
 * run of all tests is written to docs/internals/reliability.md.
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
const HEAD = ['scenario', 'amount', 'result']

const names = process.argv.slice(2)
const tests = names.map((name) => join('test', 'torture', `${name}.test.ts`))
const directory = mkdtempSync(join(tmpdir(), 'spoold-torture-'))
const file = join(directory, 'report')
const start = performance.now()
try {
  process.exitCode = runTests(
    here,
    tests,
    // Everything that the tests create is in the directory, so that it can be removed if the time limit ends them.
    { SPOOLD_TORTURE: 'long', SPOOLD_TORTURE_REPORT: file, TMPDIR: directory },
    MAX_MS,
  )
  const tables = readTables(readIfThere(file) ?? '')
  const minutes = ((performance.now() - start) / 60_000).toFixed(1)
  for (const [title, rows] of tables) print(title, rows)
  console.log(`${process.exitCode === 0 ? 'All tests passed' : 'Some tests failed'} in ${minutes} minutes.`)
  if (process.exitCode === 0 && names.length === 0) write(tables, minutes)
} finally {
  killLeftovers(directory)
  rmSync(directory, { recursive: true, force: true })
}

/** @param {string} report one row per line, as JSON @returns {Map<string, string[][]>} rows by title of their table */
function readTables(report) {
  const tables = new Map()
  for (const line of report.split('\n').filter((text) => text !== '')) {
    const { table, scenario, amount, result } = JSON.parse(line)
    const title = `${table[0].toUpperCase()}${table.slice(1)}`
    tables.set(title, [...(tables.get(title) ?? []), [scenario, amount, result]])
  }
  return new Map([...tables].sort())
}

/** @param {string} title @param {string[][]} rows */
function print(title, rows) {
  const table = new Table({
    head: HEAD,
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [44, 24, 64],
  })
  table.push(...rows)
  console.log(`\n${title}\n${table}`)
}

/** @param {Map<string, string[][]>} tables @param {string} minutes */
function write(tables, minutes) {
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${type()} ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`
  const parts = [...tables].map(([title, rows]) => `### ${title}\n\n${markdownTable(HEAD, rows)}`)
  const text = [`The run of ${date} took ${minutes} minutes on ${machine}.`, ...parts].join('\n\n')
  writeDocBlock(PAGE, 'figures', text)
}
