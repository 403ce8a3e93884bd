import Table from 'cli-table3'
import { isMet } from './row.mjs'
import { median } from './statistics.mjs'

export const HEAD = ['what', 'figure', 'target', '', 'from']

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
 * A row as words: what, figure, target, whether it is met, and the medians that the figure is made of.
 *
 * @param {import('./row.mjs').Row} row
 * @returns {string[]}
 */
export function cellsOf(row) {
  const met = isMet(row)
  return [
    row.what,
    withUnit(row.figure, row.unit),
    target(row),
    met === undefined ? '' : met ? 'met' : 'missed',
    row.sides.map(({ name, unit, values }) => `${name} ${withUnit(median(values), unit)}`).join(', '),
  ]
}

/**
 * What a reader has to know besides the figures; once where several rows say the same.
 *
 * @param {import('./row.mjs').Row[]} rows
 * @returns {string[]}
 */
export function notesOf(rows) {
  const notes = [...new Set(rows.map(({ note }) => note))].filter((note) => note !== undefined)
  const about = (note) => rows.filter((row) => row.note === note).map(({ what }) => what)
  return notes.map((note) => `${about(note).join(', and ')}: ${note}`)
}

function target({ atLeast, atMost, unit }) {
  if (atLeast !== undefined) return `≥ ${withUnit(atLeast, unit)}`
  if (atMost !== undefined) return `≤ ${withUnit(atMost, unit)}`
  return ''
}

function withUnit(value, unit) {
  const digits =
    Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3))
  return unit === '×' ? `${digits}×` : `${digits} ${unit}`
}
