/** The columns of the table, in their order. */
export type ColumnName = 'ID' | 'STATUS' | 'AGENT' | 'AGE' | 'SIZE' | 'RATE' | 'LAST LINE'

export interface Column {
  name: ColumnName
  /** Terminal columns, without the gap after it. */
  width: number
}

export const GAP = 2
/** Width of the mark of the selected row, before the first column. */
export const MARK_WIDTH = 2
const WIDTHS = { STATUS: 16, AGENT: 12, AGE: 7, SIZE: 8, RATE: 10 } as const
const ORDER = ['STATUS', 'AGENT', 'AGE', 'SIZE', 'RATE'] as const
/** Columns that are dropped on a narrow terminal, in this order. */
const EXPENDABLE = ['AGENT', 'SIZE', 'RATE', 'AGE', 'STATUS'] as const
/** Minimum width of the last line before another column is dropped. */
const MIN_LINE_WIDTH = 24
/** Complete ids are shown if the last line has at least this width. */
const AMPLE_LINE_WIDTH = 40

/**
 * The columns that fit the width of the terminal. Their widths depend on nothing else, so columns never move.
 *
 * @param idWidth the shortest and the complete width of the ids
 */
export function columnsFor(terminalColumns: number, idWidth: { short: number; whole: number }): Column[] {
  let kept: readonly (keyof typeof WIDTHS)[] = ORDER
  const room = (id: number) =>
    terminalColumns - MARK_WIDTH - id - GAP - kept.reduce((sum, name) => sum + WIDTHS[name] + GAP, 0)
  for (const name of EXPENDABLE) {
    if (room(idWidth.short) >= MIN_LINE_WIDTH) break
    kept = kept.filter((other) => other !== name)
  }
  const id = room(idWidth.whole) >= AMPLE_LINE_WIDTH ? idWidth.whole : idWidth.short
  const shown: Column[] = [
    { name: 'ID', width: Math.min(id, Math.max(1, terminalColumns - MARK_WIDTH)) },
    ...kept.map((name): Column => ({ name, width: WIDTHS[name] })),
  ]
  const left = room(id)
  return left > 0 ? [...shown, { name: 'LAST LINE', width: left }] : shown
}
