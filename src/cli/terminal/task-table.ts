import type { TaskStatus } from '../../domain/task.js'
import { oneLine } from '../../domain/text.js'
import type { TaskResult } from '../../mcp/results/task.js'
import type { Paint, Style } from './colour.js'
import { renderTable } from './table.js'
import { formatAge, formatDuration, formatSize } from './units.js'

const HEADS = ['ID', 'STATUS', 'AGENT', 'CREATED', 'TIME', 'CHUNKS', 'SIZE', 'MESSAGE']
/** Columns that are dropped first on a narrow terminal. The id is never cut, so that it can be copied. */
const EXPENDABLE = ['CHUNKS', 'SIZE', 'TIME', 'AGENT', 'CREATED', 'MESSAGE']
/** Maximum length of a message without a terminal. */
const MESSAGE_LENGTH = 80

export interface TaskTableOptions {
  /** ms since 1970. */
  now: number
  /** Width of the terminal; undefined if there is none. */
  columns: number | undefined
  paint: Paint
}

/** The table of `spoold ls`. */
export function taskTable(tasks: TaskResult[], { now, columns, paint }: TaskTableOptions): string {
  const rows = tasks.map((task) => [
    task.task_id,
    statusWord(task),
    oneLine(task.agent, 16),
    formatAge(Date.parse(task.created_at), now),
    formatDuration(task.duration_seconds),
    String(task.chunks_count),
    formatSize(task.total_bytes_received),
    oneLine(task.message, columns ?? MESSAGE_LENGTH),
  ])
  return renderTable(HEADS, rows, {
    columns,
    expendable: EXPENDABLE,
    paint(cell, { head, row }) {
      const status = tasks[row]?.status
      return head === 'STATUS' && status !== undefined ? paint(STATUS_STYLES[status], cell) : cell
    },
  })
}

/** The colours of statuses. */
export const STATUS_STYLES = {
  pending: 'dim',
  running: 'cyan',
  streaming: 'cyan',
  input_required: 'magenta',
  completed: 'green',
  failed: 'red',
  cancelled: 'yellow',
} as const satisfies Record<TaskStatus, Style>

/** The status, with the reason for a failure. */
export function statusWord(task: Omit<TaskResult, 'question'>): string {
  const pin = task.pinned ? ' (pinned)' : ''
  if (task.status !== 'failed') return task.status + pin
  const reason = task.end_reason === 'exit' ? `exit ${task.exit_code}` : task.end_reason
  return `failed: ${reason}${pin}`
}
