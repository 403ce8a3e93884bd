import Table from 'cli-table3'
import { oneLine } from './clean-text.js'

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}

/** A table without borders: columns under their heads, two spaces apart, a newline after each row. */
export function renderTable(head: string[], rows: string[][]): string {
  const table = new Table({
    head,
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  })
  // Clean before the widths are measured, and no cell of several lines.
  table.push(...rows.map((row) => row.map(oneLine)))
  return `${table.toString().replace(/ +$/gm, '')}\n`
}
