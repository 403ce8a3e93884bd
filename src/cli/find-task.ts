import type { SpooldClient } from '../client/spoold-client.js'
import { SpoolError } from '../domain/errors.js'
import type { TaskDetailResult } from '../mcp/results/task.js'

/** What a task is called on the command line, for the help. */
export const TASK_WORD = 'the task: its id or the beginning of it, @last, or @-2 for the one before, …'

const FURTHEST_BACK = 100

/**
 * The task that a person means, with so much of its text: by its id, the unique beginning of it, `@last` for the one that was
 * created last, or `@-2`, `@-3`, … counted back from there (`@-1` is `@last`). Throws SpoolError `task_not_found`, or
 * `invalid_input` for a beginning of several and for what is none of these.
 */
export async function findTask(client: SpooldClient, word: string, textBytes = 0): Promise<TaskDetailResult> {
  const back = await stepsBack(word)
  if (back === undefined) return client.show(word, textBytes)
  const { allTasks } = await import('./task-lists.js')
  const tasks = await allTasks(client, { include_done: true }, back)
  const task = tasks[back - 1]
  if (task === undefined) {
    const count = ['is no task yet', 'is only one task'][tasks.length] ?? `are only ${tasks.length} tasks`
    throw new SpoolError(
      'task_not_found',
      `There ${count}, so no ${word}: spoold ls --all shows what is there.`,
    )
  }
  return client.show(task.task_id, textBytes)
}

/** All tasks that a person means, each once, before anything is done with one: a wrong word changes nothing. */
export async function findTasks(client: SpooldClient, words: readonly string[]): Promise<TaskDetailResult[]> {
  const found = await Promise.all(words.map((word) => findTask(client, word)))
  return [...new Map(found.map((task) => [task.task_id, task])).values()]
}

/** 1 for `@last` and `@-1`, 2 for `@-2`, …; undefined where it is no such word. */
async function stepsBack(word: string): Promise<number | undefined> {
  if (!word.startsWith('@')) return undefined
  if (word === '@last') return 1
  const back = /^@-([1-9]\d{0,2})$/.exec(word)?.[1]
  if (back === undefined || Number(back) > FURTHEST_BACK) {
    const { nearest } = await import('../domain/nearest.js')
    const hint = nearest(word, ['@last']) === undefined ? '' : ' (did you mean @last?)'
    throw new SpoolError(
      'invalid_input',
      `${word} is no task${hint}: say @last, or @-2 for the one before it, up to @-${FURTHEST_BACK}.`,
    )
  }
  return Number(back)
}
