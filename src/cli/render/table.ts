import Table from 'cli-table3'
import stringWidth from 'string-width'
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

const GAP = 2
/** With less room than that, a column before it goes. */
const LEAST_OF_LAST = 12

export interface TableOptions {
  /** Width of the terminal, to which the last column is cut; without it nothing is cut. */
  columns?: number | undefined
  /** Heads of the columns that may go where the terminal is narrow, the first to go first. */
  expendable?: readonly string[]
  /** Gives a clean cell its colour. */
  paint?: (cell: string, place: { head: string; row: number }) => string
}

/** A table without borders: columns under their heads, two spaces apart, a newline after each row. */
export function renderTable(head: string[], rows: string[][], options: TableOptions = {}): string {
  // Clean before the widths are measured, and no cell of several lines.
  const cells = rows.map((row) => row.map(oneLine))
  const { shown, widths } = chooseColumns(head, cells, options)
  const { paint = (cell) => cell } = options
  const table = new Table({
    head: shown.map((column) => head[column] ?? ''),
    colWidths: widths,
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  })
  table.push(
    ...cells.map((line, row) =>
      shown.map((column) => paint(line[column] ?? '', { head: head[column] ?? '', row })),
    ),
  )
  return `${table.toString().replace(/ +$/gm, '')}\n`
}

/** Which columns are shown, by their places, and how wide each is with its gap; null for as wide as it comes. */
function chooseColumns(
  head: string[],
  cells: string[][],
  { columns, expendable = [] }: TableOptions,
): { shown: number[]; widths: (number | null)[] } {
  let shown = head.map((_, column) => column)
  if (columns === undefined) return { shown, widths: [] }
  const natural = head.map((name, column) =>
    Math.max(stringWidth(name), ...cells.map((row) => stringWidth(row[column] ?? ''))),
  )
  const last = head.length - 1
  const roomForLast = () =>
    shown.reduce((left, column) => left - (column === last ? 0 : (natural[column] ?? 0) + GAP), columns)
  for (const name of expendable) {
    if (roomForLast() >= Math.min(natural[last] ?? 0, LEAST_OF_LAST)) break
    shown = shown.filter((column) => head[column] !== name)
  }
  const width = Math.min(natural[last] ?? 0, Math.max(LEAST_OF_LAST, roomForLast()))
  return { shown, widths: shown.map((column) => (column === last ? width + GAP : null)) }
}
