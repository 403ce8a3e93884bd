import type { SpooldClient } from '../client/spoold-client.js'
import { SpoolError } from '../domain/errors.js'
import type { TaskDetailResult } from '../mcp/results/task.js'

/** Description of the argument that names a task. */
export const TASK_ARGUMENT = 'The task: its id or a unique prefix, @last, or @-2 for the one before'

const MAX_STEPS_BACK = 100

/**
 * The named task with up to `textBytes` of its text. It is named by its id, a unique prefix of it, `@last` for the newest,
 * or `@-2`, `@-3`, … counted back from there (`@-1` is `@last`). Throws SpoolError `task_not_found`, or `invalid_input`
 * for an ambiguous prefix or any other word.
 */
export async function findTask(client: SpooldClient, word: string, textBytes = 0): Promise<TaskDetailResult> {
  const back = await stepsBack(word)
  if (back === undefined) return client.show(word, textBytes)
  const { allTasks } = await import('./task-lists.js')
  const tasks = await allTasks(client, { include_done: true }, back)
  const task = tasks[back - 1]
  if (task === undefined) {
    const count = ['are no tasks', 'is only one task'][tasks.length] ?? `are only ${tasks.length} tasks`
    throw new SpoolError(
      'task_not_found',
      `${word} does not exist: there ${count} (spoold ls --all lists them).`,
    )
  }
  return client.show(task.task_id, textBytes)
}

/** All named tasks, each once. They are found before anything is done, so a wrong name changes nothing. */
export async function findTasks(client: SpooldClient, words: readonly string[]): Promise<TaskDetailResult[]> {
  const found = await Promise.all(words.map((word) => findTask(client, word)))
  return [...new Map(found.map((task) => [task.task_id, task])).values()]
}

/** 1 for `@last` and `@-1`, 2 for `@-2`, …; undefined for any other word. */
async function stepsBack(word: string): Promise<number | undefined> {
  if (!word.startsWith('@')) return undefined
  if (word === '@last') return 1
  const back = /^@-([1-9]\d{0,2})$/.exec(word)?.[1]
  if (back === undefined || Number(back) > MAX_STEPS_BACK) {
    const { nearest } = await import('../domain/nearest.js')
    const hint = nearest(word, ['@last']) === undefined ? '' : ' (did you mean @last?)'
    throw new SpoolError(
      'invalid_input',
      `${word} does not name a task${hint}: use @last, or @-2 for the one before it, up to @-${MAX_STEPS_BACK}.`,
    )
  }
  return Number(back)
}
