import { oneLine } from '../../domain/text.js'
import type { AgentTallyResult, DayTallyResult, TallyResult } from '../../mcp/tools/stats.js'
import { renderTable } from '../terminal/table.js'
import { formatCount, formatDuration, formatSize } from '../terminal/units.js'
import { bar } from './bar.js'

/** About what the columns before the bar take; what is left of the terminal is the bar's. */
const OTHER_COLUMNS = 64
const MAX_BAR_LENGTH = 40
const MIN_BAR = 10
const MAX_NAME_LENGTH = 16
/** What goes first where the terminal is narrow. */
const EXPENDABLE = ['SIZE', 'FAILED', 'P95']

type Row = TallyResult & { name: string }

/** What `spoold stats` prints: a line for all, and a table by agent and by day with a bar for the tasks of each row. */
export function statsTables(
  total: TallyResult,
  { agents, days }: { agents: AgentTallyResult[]; days: DayTallyResult[] },
  columns = 100,
): string {
  const tables = [
    table(
      'AGENT',
      agents.map(({ agent, ...tally }) => ({ name: agent, ...tally })),
      columns,
    ),
    table(
      'DAY',
      days.map(({ day, ...tally }) => ({ name: day, ...tally })),
      columns,
    ),
  ]
  return [summary(total), ...tables].filter((part) => part !== '').join('\n')
}

function summary(total: TallyResult): string {
  const share =
    total.success_share === null ? '' : `, ${percent(total.success_share)} of the ended ones completed`
  const times =
    total.p50_seconds === null
      ? ''
      : `; half of them took at most ${formatDuration(total.p50_seconds)}, 95 % at most ${formatDuration(total.p95_seconds)}`
  return `${formatCount(total.tasks, 'task')}${share}${times}; ${formatSize(total.bytes)} of output.\n`
}

function table(title: string, rows: Row[], columns: number): string {
  if (rows.length === 0) return ''
  const most = Math.max(...rows.map(({ tasks }) => tasks))
  const width = Math.max(MIN_BAR, Math.min(MAX_BAR_LENGTH, columns - OTHER_COLUMNS))
  return renderTable(
    [title, 'TASKS', 'OK', 'FAILED', 'P50', 'P95', 'SIZE', ''],
    rows.map((row) => [
      oneLine(row.name, MAX_NAME_LENGTH),
      String(row.tasks),
      row.success_share === null ? '-' : percent(row.success_share),
      String(row.failed),
      formatDuration(row.p50_seconds),
      formatDuration(row.p95_seconds),
      formatSize(row.bytes),
      bar(row.tasks, most, width),
    ]),
    { columns, expendable: EXPENDABLE },
  )
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`
}
