import { oneLine } from '../../domain/text.js'
import { statusWord } from '../terminal/task-table.js'
import { formatDuration, formatSize } from '../terminal/units.js'
import { type Entry, isActive } from './board.js'
import type { Column, ColumnName } from './columns.js'
import { rateOf } from './rate.js'

const MAX_CELL_LENGTH = 400

/** Whether the row shows the message of the task instead of a last line. */
export function isSilent({ task, tail }: Entry): boolean {
  return task.question === undefined && tail.line === ''
}

/** The text of a cell, cleaned to one line. It is cut to the width of the column when it is drawn. */
export function cellOf({ task, samples, tail }: Entry, { name, width }: Column, now: number): string {
  switch (name satisfies ColumnName) {
    case 'ID':
      return task.task_id.slice(0, width)
    case 'STATUS':
      return task.status === 'input_required' ? 'asks' : statusWord(task)
    case 'AGENT':
      return oneLine(task.agent, MAX_CELL_LENGTH)
    case 'AGE':
      return formatDuration(Math.floor(ageMs(task, now) / 1000))
    case 'SIZE':
      return formatSize(task.total_bytes_received)
    case 'RATE':
      return isActive(task) && task.status !== 'pending' ? formatRate(rateOf(samples)) : ''
    case 'LAST LINE':
      return oneLine(task.question ?? (tail.line || task.message), MAX_CELL_LENGTH)
  }
}

/** Since the creation of the task, until its end if it has ended. */
function ageMs({ created_at, completed_at }: Entry['task'], now: number): number {
  return Math.max(0, (completed_at === null ? now : Date.parse(completed_at)) - Date.parse(created_at))
}

function formatRate(rate: number | null): string {
  return rate === null ? '' : rate < 0.5 ? '-' : `${formatSize(Math.round(rate))}/s`
}
