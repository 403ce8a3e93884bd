import prettyMilliseconds from 'pretty-ms'
import { isEnded, type Task } from '../domain/task.js'
import type { StatusAnswer } from './answers/status.js'

/** One line for a model: where the task stands, what this answer holds, and what to do next. */
export function statusLine(task: Task, answer: StatusAnswer, asked: { from: number; now: number }): string {
  const next = answer.next_chunk_index
  const parts = [
    `${task.id}: ${task.status}`,
    next > asked.from
      ? `chunks ${asked.from} to ${next - 1} of ${answer.chunks_count}`
      : `no new chunks, ${answer.chunks_count} in all`,
    `next_chunk_index ${next}`,
  ]
  return `${parts.join(', ')}. ${outlook(task, answer, asked.now)}`
}

function outlook(task: Task, answer: StatusAnswer, now: number): string {
  if (answer.has_more) return `More is ready: call again with from_chunk_index ${answer.next_chunk_index}.`
  if (isEnded(task)) return ended(task.endReason, task.exitCode)
  if (task.status === 'input_required') {
    const options = task.question.options.map(({ id }) => id).join(', ')
    return `It waits for a permission: ${task.question.text} (${options}). Answer with kiro_task_respond; ask the person where you are not sure.`
  }
  if (task.status === 'pending') return 'It waits for its turn; poll again.'
  const quiet =
    task.lastOutputAt === null
      ? null
      : prettyMilliseconds(Math.max(0, now - task.lastOutputAt), { secondsDecimalDigits: 0 })
  return quiet === null
    ? 'Still running, no output yet; poll again.'
    : `Still running, last output ${quiet} ago; poll again.`
}

function ended(reason: string, exitCode: number | null): string {
  const code = exitCode === null ? '' : `, exit code ${exitCode}`
  return reason === 'exit' ? `Done${code}.` : `Done: ${reason}${code}.`
}
