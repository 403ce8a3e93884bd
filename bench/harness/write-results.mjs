import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { barChart } from './charts.mjs'
import { markdownTable, writeDocBlock } from './doc-block.mjs'
import { cellsOf, HEAD, notesOf } from './print-rows.mjs'

const DOCS = fileURLToPath(new URL('../../docs/internals', import.meta.url))
const FOLDER = join(DOCS, 'performance')

/** Writes docs/internals/performance/results.json, charts for its rows, and the tables of docs/internals/performance.md. */
export function writeResults({ seed, machine, results }) {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER)
  writeFileSync(join(FOLDER, 'results.json'), `${JSON.stringify({ machine, seed, results }, null, 1)}\n`)
  writeDocBlock(join(DOCS, 'performance.md'), 'results', results.map(section).join('\n\n'))
  writeDocBlock(join(DOCS, 'performance.md'), 'machine', describeRun(machine, seed))
}

function section({ name, title, rows }) {
  const table = markdownTable(HEAD, rows.map(cellsOf))
  const notes = notesOf(rows).map((note) => `- ${note}`)
  const charts = rows.filter(hasChart).map(({ name: rowName, sides }, place) => {
    const file = `${name}-${place + 1}.svg`
    writeFileSync(join(FOLDER, file), `${barChart(rowName, sides)}\n`)
    return `![${rowName}](performance/${file})`
  })
  return [`### ${title}`, `\`npm run bench -- ${name}\``, table, notes.join('\n'), charts.join('\n')]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** A chart compares several sides on one axis, so they need the same unit. */
function hasChart({ sides }) {
  return sides.length > 1 && sides.every(({ unit }) => unit === sides[0].unit)
}

function describeRun({ system, cpu, memoryGiB, node, sqlite, spoold, date, loadBefore }, seed) {
  return (
    `Measured on ${date} with spoold ${spoold}, Node ${node}, SQLite ${sqlite}, ${system}, ${cpu}, ${memoryGiB} GiB; ` +
    `load average before the run ${loadBefore.join(', ')}; seed ${seed}.`
  )
}
