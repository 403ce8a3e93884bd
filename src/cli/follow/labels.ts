import { oneLine } from '../../domain/text.js'
import type { TaskResult } from '../../mcp/results/task.js'
import { printError } from '../terminal/print.js'

type Labelled = Pick<TaskResult, 'task_id' | 'agent' | 'message'>

const SHORTEST = 4
const MESSAGE_LENGTH = 60

/**
 * A short label for each of several tasks: the end of its id, which is random (its beginning is the time), as long as it takes
 * to tell them apart.
 */
export function labelsOf(tasks: readonly Labelled[]): string[] {
  const ids = tasks.map(({ task_id }) => task_id)
  let length = SHORTEST
  while (new Set(ids.map((id) => id.slice(-length))).size < new Set(ids).size) length += 1
  return ids.map((id) => `${id.slice(-length)} |`)
}

/** Tells which task each label stands for. */
export function sayLabels(tasks: readonly Labelled[], labels: readonly string[]): void {
  for (const [place, { task_id, agent, message }] of tasks.entries()) {
    printError(`${labels[place]} ${task_id}  ${agent}: ${oneLine(message, MESSAGE_LENGTH)}\n`)
  }
}
