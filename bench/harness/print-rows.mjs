import Table from 'cli-table3'
import { isMet } from './row.mjs'
import { median } from './statistics.mjs'

export const HEAD = ['measurement', 'result', 'target', '', 'medians']

/** @param {{ title: string, rows: import('./row.mjs').Row[] }} result */
export function printRows({ title, rows }) {
  const table = new Table({
    head: HEAD,
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [44, 14, 14, 8, 52],
  })
  table.push(...rows.map(cellsOf))
  console.log(`\n${title}\n${table}`)
  for (const note of notesOf(rows)) console.log(`  - ${note}`)
}

/**
 * The cells of a row: its name, value and target, whether the target is met, and the medians of the sides.
 *
 * @param {import('./row.mjs').Row} row
 * @returns {string[]}
 */
export function cellsOf(row) {
  const met = isMet(row)
  return [
    row.name,
    withUnit(row.value, row.unit),
    target(row),
    met === undefined ? '' : met ? 'met' : 'missed',
    row.sides.map(({ name, unit, values }) => `${name}: ${withUnit(median(values), unit)}`).join('; '),
  ]
}

/**
 * The notes of the rows; a note that several rows share appears once.
 *
 * @param {import('./row.mjs').Row[]} rows
 * @returns {string[]}
 */
export function notesOf(rows) {
  const notes = [...new Set(rows.map(({ note }) => note))].filter((note) => note !== undefined)
  const rowsWith = (note) => rows.filter((row) => row.note === note).map(({ name }) => name)
  return notes.map((note) => `${rowsWith(note).join(', and ')}: ${note}`)
}

function target({ minTarget, maxTarget, unit }) {
  if (minTarget !== undefined) return `≥ ${withUnit(minTarget, unit)}`
  if (maxTarget !== undefined) return `≤ ${withUnit(maxTarget, unit)}`
  return ''
}

function withUnit(value, unit) {
  const digits =
    Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3))
  return unit === '×' ? `${digits}×` : `${digits} ${unit}`
}
