import { oneLine } from '../../domain/text.js'
import type { TaskResult } from '../../mcp/results/task.js'
import { printError } from '../terminal/print.js'

type Labelled = Pick<TaskResult, 'task_id' | 'agent' | 'message'>

const MIN_LENGTH = 4
const MESSAGE_LENGTH = 60

/**
 * A short label for each of several tasks: the end of its id, which is random (the start is the time), long enough to be
 * unique.
 */
export function labelsOf(tasks: readonly Labelled[]): string[] {
  const ids = tasks.map(({ task_id }) => task_id)
  let length = MIN_LENGTH
  while (new Set(ids.map((id) => id.slice(-length))).size < new Set(ids).size) length += 1
  return ids.map((id) => `${id.slice(-length)} |`)
}

/** Prints the task of each label. */
export function printLabels(tasks: readonly Labelled[], labels: readonly string[]): void {
  for (const [index, { task_id, agent, message }] of tasks.entries()) {
    printError(`${labels[index]} ${task_id}  ${agent}: ${oneLine(message, MESSAGE_LENGTH)}\n`)
  }
}
