import { Box, Text } from 'ink'
import { STATUS_STYLES } from '../terminal/task-table.js'
import type { Entry } from './board.js'
import { cellOf, isSilent } from './cells.js'
import { type Column, type ColumnName, columnsFor, GAP, MARK_WIDTH } from './columns.js'
import { shortIdLength } from './short-id.js'
import { allEntries, entriesInView, type TopState } from './state.js'

/** The visible rows under their heads. */
export function TableView({ state, coloured }: { state: TopState; coloured: boolean }) {
  const ids = allEntries(state).map(({ task }) => task.task_id)
  const whole = Math.max(2, ...ids.map((id) => id.length))
  const columns = columnsFor(state.size.columns, { short: Math.min(shortIdLength(ids), whole), whole })
  const entries = entriesInView(state)
  return (
    <>
      <Box paddingLeft={MARK_WIDTH} columnGap={GAP}>
        {columns.map((column) => (
          <Cell key={column.name} column={column} text={column.name} dim={coloured} />
        ))}
      </Box>
      {entries.map((entry) => (
        <Row
          key={entry.task.task_id}
          entry={entry}
          columns={columns}
          now={state.now}
          isStale={state.trouble !== null}
          isSelected={entry.task.task_id === state.selected.id}
          coloured={coloured}
        />
      ))}
      {state.hasNews && entries.length === 0 ? <Empty all={state.all} /> : null}
    </>
  )
}

function Row(props: {
  entry: Entry
  columns: Column[]
  now: number
  /** The rate is unknown. */
  isStale: boolean
  isSelected: boolean
  coloured: boolean
}) {
  const { entry, columns, now, isStale, isSelected, coloured } = props
  const asks = entry.task.status === 'input_required'
  return (
    <Box>
      <Box width={MARK_WIDTH} flexShrink={0}>
        <Text bold={coloured}>{isSelected ? '❯' : asks ? '!' : ' '}</Text>
      </Box>
      <Box columnGap={GAP}>
        {columns.map((column) => (
          <Cell
            key={column.name}
            column={column}
            text={isStale && column.name === 'RATE' ? '' : cellOf(entry, column, now)}
            bold={coloured && (isSelected || asks)}
            {...(coloured ? styleOf(entry, column.name) : {})}
          />
        ))}
      </Box>
    </Box>
  )
}

function styleOf(entry: Entry, column: ColumnName): { dim?: boolean; colour?: string } {
  const { status } = entry.task
  if (column !== 'STATUS' && status !== 'input_required') {
    return { dim: column === 'LAST LINE' && isSilent(entry) }
  }
  const style = STATUS_STYLES[status]
  return style === 'dim' ? { dim: true } : { colour: style }
}

const RIGHT_ALIGNED: ReadonlySet<string> = new Set(['AGE', 'SIZE', 'RATE'])

function Cell(props: {
  column: Column
  text: string
  bold?: boolean
  dim?: boolean
  colour?: string | undefined
}) {
  const { column, text, bold = false, dim = false, colour } = props
  return (
    <Box
      width={column.width}
      flexShrink={0}
      justifyContent={RIGHT_ALIGNED.has(column.name) ? 'flex-end' : 'flex-start'}
    >
      <Text
        wrap="truncate-end"
        bold={bold}
        dimColor={dim}
        {...(colour === undefined ? {} : { color: colour })}
      >
        {text}
      </Text>
    </Box>
  )
}

function Empty({ all }: { all: boolean }) {
  return (
    <Box paddingLeft={MARK_WIDTH} paddingTop={1} flexDirection="column">
      <Text wrap="truncate-end">{all ? 'No tasks.' : 'Nothing runs.'}</Text>
      <Text wrap="truncate-end">Start something, in another terminal: spoold run "…"</Text>
      {all ? null : <Text wrap="truncate-end">a shows what has ended.</Text>}
    </Box>
  )
}
