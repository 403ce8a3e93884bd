import Table from 'cli-table3'
import stringWidth from 'string-width'
import { joinLines } from '../../domain/text.js'
import { terminalWidth } from './width.js'

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
/** Minimum width of the last column before others are dropped. */
const MIN_LAST_WIDTH = 12

export interface TableOptions {
  /** Width of the terminal; the last column is cut to fit. Nothing is cut without it. */
  columns?: number | undefined
  /** Wraps the last column instead of cutting it. */
  wrap?: boolean
  /** Heads of the columns that can be dropped on a narrow terminal, in this order. */
  expendable?: readonly string[]
  /** Colours a clean cell. */
  paint?: (cell: string, position: { head: string; row: number }) => string
}

/** A table without borders: columns two spaces apart, a newline after each row. */
export function renderTable(head: string[], rows: string[][], options: TableOptions = {}): string {
  // Cleaned to one line before widths are measured.
  const cells = rows.map((row) => row.map(joinLines))
  const { shown, widths } = chooseColumns(head, cells, options)
  const { paint = (cell) => cell } = options
  const table = new Table({
    head: shown.map((column) => head[column] ?? ''),
    colWidths: widths,
    wordWrap: options.wrap === true,
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

/** Options for standard output with a last column that must not be cut. */
export function wrappedTable(): TableOptions {
  return { columns: terminalWidth(process.stdout), wrap: true }
}

/** Indices of the columns to show, and their widths with the gap; null for the natural width. */
function chooseColumns(
  head: string[],
  cells: string[][],
  { columns, expendable = [], wrap = false }: TableOptions,
): { shown: number[]; widths: (number | null)[] } {
  let shown = head.map((_, column) => column)
  if (columns === undefined) return { shown, widths: [] }
  const naturals = head.map((name, column) =>
    Math.max(stringWidth(name), ...cells.map((row) => stringWidth(row[column] ?? ''))),
  )
  const natural = (column: number) => naturals[column] ?? 0
  const widthLeftForLast = () =>
    shown.slice(0, -1).reduce((left, column) => left - natural(column) - GAP, columns)
  const minLastWidth = () => Math.min(natural(shown.at(-1) ?? 0), MIN_LAST_WIDTH)
  for (const name of expendable) {
    if (widthLeftForLast() >= minLastWidth()) break
    shown = shown.filter((column) => head[column] !== name)
  }
  const last = shown.at(-1) ?? 0
  // A longer word is not cut, because it may be a command or a path.
  const minWidth = wrap ? longestWord(cells.map((row) => row[last] ?? '')) : minLastWidth()
  const width = Math.min(natural(last), Math.max(minWidth, widthLeftForLast()))
  return { shown, widths: shown.map((column) => (column === last ? width + GAP : null)) }
}

function longestWord(texts: string[]): number {
  return Math.max(MIN_LAST_WIDTH, ...texts.flatMap((text) => text.split(' ').map(stringWidth)))
}
