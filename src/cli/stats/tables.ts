import { oneLine } from '../../domain/text.js'
import type { AgentTallyResult, DayTallyResult, TallyResult } from '../../mcp/tools/stats.js'
import { renderTable } from '../terminal/table.js'
import { formatCount, formatDuration, formatSize } from '../terminal/units.js'

/** Approximate width of the columns before the bar. */
const OTHER_COLUMNS = 64
const MAX_BAR_LENGTH = 40
const MIN_BAR_LENGTH = 10
const MAX_NAME_LENGTH = 16
/** Columns that are dropped first on a narrow terminal. */
const EXPENDABLE = ['SIZE', 'FAILED', 'P95']

type Row = TallyResult & { name: string }

/** The output of `spoold stats`: a summary, and tables by agent and by day with a bar for the tasks of each row. */
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
    total.success_share === null ? '' : `, ${percent(total.success_share)} of the ended tasks completed`
  const times =
    total.p50_seconds === null
      ? ''
      : `; median duration ${formatDuration(total.p50_seconds)}, 95th percentile ${formatDuration(total.p95_seconds)}`
  return `${formatCount(total.tasks, 'task')}${share}${times}; ${formatSize(total.bytes)} of output.\n`
}

function table(title: string, rows: Row[], columns: number): string {
  if (rows.length === 0) return ''
  const maxTasks = Math.max(...rows.map(({ tasks }) => tasks))
  const width = Math.max(MIN_BAR_LENGTH, Math.min(MAX_BAR_LENGTH, columns - OTHER_COLUMNS))
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
      bar(row.tasks, maxTasks, width),
    ]),
    { columns, expendable: EXPENDABLE },
  )
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of at most `width` characters, in proportion to the largest value; at least a trace for values above 0. */
export function bar(value: number, largest: number, width: number): string {
  if (value <= 0 || largest <= 0 || width <= 0) return ''
  const eighths = Math.max(1, Math.round((8 * width * Math.min(value, largest)) / largest))
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
}
