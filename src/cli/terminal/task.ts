import { toDisplayText } from '../../domain/text.js'
import type { TaskDetailResult } from '../../mcp/results/task.js'
import { statusWord } from './task-table.js'
import { formatAge, formatCount, formatDuration, formatSize, formatTime } from './units.js'

/** The output of `spoold show`: a line for each fact, then the text. `now` in ms since 1970. */
export function formatTask(task: TaskDetailResult, now: number): string {
  const at = (iso: string | null) =>
    iso === null ? null : `${formatTime(iso)} (${formatAge(Date.parse(iso), now)})`
  const facts: [string, string | null][] = [
    ['task', task.task_id],
    ['status', statusWord(task)],
    ['question', task.question?.text ?? null],
    ['error', task.error ?? null],
    ['exit code', task.exit_code === null ? null : String(task.exit_code)],
    ['session', task.session_id],
    ['agent', task.model === null ? task.agent : `${task.agent} (${task.model})`],
    ['directory', task.working_directory],
    ['created', at(task.created_at)],
    ['started', at(task.started_at)],
    ['last output', at(task.last_output_at)],
    ['ended', at(task.completed_at)],
    ['time', formatDuration(task.duration_seconds)],
    ['limits', limits(task)],
    ['kept', retention(task)],
    ['output', `${formatCount(task.chunks_count, 'chunk')}, ${formatSize(task.total_bytes_received)}`],
    ['command', task.argv?.map((word) => JSON.stringify(word)).join(' ') ?? null],
    ['message', task.argv === null ? task.message : null],
  ]
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(13)}${indented(toDisplayText(value))}\n`],
  )
  return lines.join('') + shownText(task)
}

function shownText({ task_id, text = '', text_bytes }: TaskDetailResult): string {
  if (text === '') return ''
  const shown = toDisplayText(text)
  const isCut = Buffer.byteLength(text) < text_bytes
  const rest = isCut ? `… ${formatSize(text_bytes)} in total: spoold tail ${task_id} --no-follow\n` : ''
  return `\n${shown}${shown.endsWith('\n') ? '' : '\n'}${rest}`
}

function limits(task: TaskDetailResult): string | null {
  const parts = [
    ...(task.timeout_seconds === null ? [] : [`${formatDuration(task.timeout_seconds)} in total`]),
    ...(task.stall_seconds === null ? [] : [`${formatDuration(task.stall_seconds)} of silence`]),
  ]
  return parts.length === 0 ? null : parts.join(', ')
}

function retention(task: TaskDetailResult): string {
  if (task.pinned) return 'forever (pinned)'
  const until = formatTime(task.expires_at)
  return until === null ? `${formatDuration(task.ttl_seconds)} after the end` : `until ${until}`
}

function indented(text: string): string {
  return text.replaceAll('\n', `\n${' '.repeat(13)}`)
}
