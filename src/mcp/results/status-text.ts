import prettyMilliseconds from 'pretty-ms'
import { isEnded, type TaskOutline } from '../../domain/task.js'
import type { ToolNames } from '../wording.js'
import { clipQuestion } from './question.js'
import { hasChunks, type OutputMode, type StatusResult } from './status.js'

export interface StatusTextView {
  /** First index requested. */
  from: number
  /** ms since 1970. */
  now: number
  /** Bound for each text of a question, bytes. */
  maxTextBytes: number
  tool: ToolNames
}

/** One line for a model: the state of the task, what this result holds, and what to do next. */
export function statusLine(task: TaskOutline, result: StatusResult, view: StatusTextView): string {
  return `${task.status}; ${included(result, view.from)}. ${nextStep(task, result, view)}`
}

function included({ last_chunk_index: last, chunks_count: count }: StatusResult, from: number): string {
  if (last < from) return `nothing new, ${count} chunks in all`
  return last === from ? `chunk ${from} of ${count}` : `chunks ${from} to ${last} of ${count}`
}

function nextStep(task: TaskOutline, result: StatusResult, view: StatusTextView): string {
  const next = `from_chunk_index ${result.next_chunk_index}`
  if (result.has_more) return `Read on with ${next}.`
  if (isEnded(task)) return `That is all${endOf(task.endReason, task.exitCode)}.`
  if (task.status === 'input_required') return `The agent asks for permission: ${question(task, view)}`
  if (task.status === 'pending') return `Waiting in the queue; poll again with ${next}.`
  if (task.lastOutputAt === null) return `No output yet; poll again with ${next}.`
  const silence = prettyMilliseconds(Math.max(0, view.now - task.lastOutputAt), { secondsDecimalDigits: 0 })
  return `Last output ${silence} ago; poll again with ${next}.`
}

function endOf(reason: string, exitCode: number | null): string {
  const code = exitCode === null || exitCode === 0 ? '' : `, exit code ${exitCode}`
  return reason === 'exit' || reason === 'cancelled' ? code : ` (${reason}${code})`
}

function question(
  task: Extract<TaskOutline, { status: 'input_required' }>,
  { maxTextBytes, tool }: StatusTextView,
): string {
  const { text, options } = clipQuestion(task.question, maxTextBytes)
  const ids = options.map(({ id, label }) => (id === label ? id : `${id} (${label})`)).join(', ')
  return `${text} - options: ${ids}. Respond with ${tool('task_respond')}; ask the user if you are not sure.`
}

export interface NoteView {
  detail: OutputMode
  /** The result includes some output. */
  hasOutput: boolean
  maxTextBytes: number
}

/** How to read what structuredContent leaves out; empty if it is complete. */
export function statusNote(task: TaskOutline, result: StatusResult, view: NoteView): string {
  return [textLocation(view), howToReadResult(task, result, view), omittedOptions(task, view)]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

/** Many hosts show a model either the text block or structuredContent, never both. */
function textLocation({ detail, hasOutput }: NoteView): string {
  return detail === 'text' && hasOutput
    ? 'The output is in the text block; if you cannot see it, use detail "content".'
    : ''
}

/** Only for programs that read chunks: a model that reads text has read the result. */
function howToReadResult(task: TaskOutline, result: StatusResult, { detail }: NoteView): string {
  if (task.status !== 'completed' || result.has_more || !hasChunks(detail)) return ''
  return 'The result is the text chunks joined; from_chunk_index 0 with detail "text" reads it.'
}

function omittedOptions(task: TaskOutline, { maxTextBytes }: NoteView): string {
  if (task.status !== 'input_required') return ''
  const { options } = clipQuestion(task.question, maxTextBytes)
  return options.length < task.question.options.length ? 'Options are omitted: raise max_bytes.' : ''
}
