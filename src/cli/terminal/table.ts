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
/** With less room than that, a column before it goes. */
const MIN_OF_LAST = 12

export interface TableOptions {
  /** Width of the terminal, to which the last column is cut; without it nothing is cut. */
  columns?: number | undefined
  /** Goes on in the next line what does not fit into the last column, instead of cutting it. */
  wrap?: boolean
  /** Heads of the columns that may go where the terminal is narrow, the first to go first. */
  expendable?: readonly string[]
  /** Gives a clean cell its colour. */
  paint?: (cell: string, place: { head: string; row: number }) => string
}

/** A table without borders: columns under their heads, two spaces apart, a newline after each row. */
export function renderTable(head: string[], rows: string[][], options: TableOptions = {}): string {
  // Clean before the widths are measured, and no cell of several lines.
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

/** For a table on standard output whose last column says something to the end. */
export function wrappedTable(): TableOptions {
  return { columns: terminalWidth(process.stdout), wrap: true }
}

/** Which columns are shown, by their places, and how wide each is with its gap; null for as wide as it comes. */
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
  const roomForLast = () => shown.slice(0, -1).reduce((left, column) => left - natural(column) - GAP, columns)
  const leastOfLast = () => Math.min(natural(shown.at(-1) ?? 0), MIN_OF_LAST)
  for (const name of expendable) {
    if (roomForLast() >= leastOfLast()) break
    shown = shown.filter((column) => head[column] !== name)
  }
  const last = shown.at(-1) ?? 0
  // A word that is longer is not cut: it may be a command or a path.
  const least = wrap ? longestWord(cells.map((row) => row[last] ?? '')) : leastOfLast()
  const width = Math.min(natural(last), Math.max(least, roomForLast()))
  return { shown, widths: shown.map((column) => (column === last ? width + GAP : null)) }
}

function longestWord(texts: string[]): number {
  return Math.max(MIN_OF_LAST, ...texts.flatMap((text) => text.split(' ').map(stringWidth)))
}
