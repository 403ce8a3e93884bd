import prettyMilliseconds from 'pretty-ms'
import { isEnded, type TaskOutline } from '../../domain/task.js'
import { ellipsizeBytes } from '../../domain/text.js'
import { clipQuestion } from '../results/question.js'
import type { StatusResult } from '../results/status.js'
import type { ToolNames } from '../wording.js'

export interface LineView {
  from: number
  fromOffset: number
  /** ms since 1970. */
  now: number
  /** Bound for each text of a question, bytes. */
  longestText: number
  tool: ToolNames
}

/** One line for a model: where the task stands, what this answer holds, and what to do next. */
export function statusLine(task: TaskOutline, answer: StatusResult, view: LineView): string {
  return `${task.status}; ${whatIsGiven(answer, view)}. ${outlook(task, answer, view)}`
}

function whatIsGiven(answer: StatusResult, { from, fromOffset }: LineView): string {
  const { next_chunk_index: next, next_offset: offset = 0, chunks_count: count } = answer
  if (next > from) {
    const last = offset === 0 ? next - 1 : next
    const chunks = last === from ? `chunk ${from}` : `chunks ${from} to ${last}`
    return `${chunks} of ${count}`
  }
  return offset > fromOffset ? `a part of chunk ${from} of ${count}` : `nothing new, ${count} chunks in all`
}

function outlook(task: TaskOutline, answer: StatusResult, view: LineView): string {
  const { next_chunk_index: index, next_offset: offset } = answer
  const next = `from_chunk_index ${index}${offset === undefined ? '' : `, from_offset ${offset}`}`
  if (answer.has_more) return `Read on with ${next}.`
  if (isEnded(task)) return `That is all${howItEnded(task.endReason, task.exitCode)}.`
  if (task.status === 'input_required') return `It waits for a permission: ${question(task, view)}`
  if (task.status === 'pending') return `It waits for its turn; poll again with ${next}.`
  if (task.lastOutputAt === null) return `No output yet; poll again with ${next}.`
  const quiet = prettyMilliseconds(Math.max(0, view.now - task.lastOutputAt), { secondsDecimalDigits: 0 })
  return `Last output ${quiet} ago; poll again with ${next}.`
}

function howItEnded(reason: string, exitCode: number | null): string {
  const code = exitCode === null || exitCode === 0 ? '' : `, exit code ${exitCode}`
  return reason === 'exit' || reason === 'cancelled' ? code : ` (${reason}${code})`
}

function question(
  task: Extract<TaskOutline, { status: 'input_required' }>,
  { longestText, tool }: LineView,
): string {
  const { text, options } = clipQuestion(task.question, longestText)
  const ids = options.map(({ id, label }) => (id === label ? id : `${id} (${label})`)).join(', ')
  const answer = `${tool('task_respond')} answers it; ask the person where you are not sure.`
  return `${ellipsizeBytes(text, longestText)} - options: ${ids}. ${answer}`
}
