import type { TaskAnswer } from '../../mcp/answers/task.js'
import { excerpt } from './clean-text.js'
import { renderTable } from './table.js'
import { formatAge, formatDuration, formatSize } from './units.js'

/** About as wide as the columns before the message are: what is left of the terminal is the message's. */
const OTHER_COLUMNS = 100

/** The table of `spoold ls`. Ids are whole, so that they can be copied. */
export function taskTable(tasks: TaskAnswer[], now: number, columns = 140): string {
  const width = Math.max(20, columns - OTHER_COLUMNS)
  const rows = tasks.map((task) => [
    task.task_id,
    statusWord(task),
    excerpt(task.agent, 16),
    formatAge(Date.parse(task.created_at), now),
    formatDuration(task.duration_seconds),
    String(task.chunks_count),
    formatSize(task.total_bytes_received),
    excerpt(task.message, width),
  ])
  return renderTable(['ID', 'STATUS', 'AGENT', 'CREATED', 'TIME', 'CHUNKS', 'SIZE', 'MESSAGE'], rows)
}

/** The status, with the reason of a failure. */
export function statusWord(task: Omit<TaskAnswer, 'question'>): string {
  const pin = task.pinned ? ' (pinned)' : ''
  if (task.status !== 'failed') return task.status + pin
  const reason = task.end_reason === 'exit' ? `exit ${task.exit_code}` : task.end_reason
  return `failed: ${reason}${pin}`
}
