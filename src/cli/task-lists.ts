import type { ListInput } from '../client/inputs.js'
import type { SpooldClient } from '../client/spoold-client.js'
import type { TaskResult } from '../mcp/results/task.js'

const PAGE_SIZE = 100

/** The tasks of a list, page by page: all, or the first `maxTasks`. A page may have fewer tasks than requested. */
export async function allTasks(
  client: Pick<SpooldClient, 'list'>,
  filter: ListInput,
  maxTasks = Number.POSITIVE_INFINITY,
): Promise<TaskResult[]> {
  const tasks: TaskResult[] = []
  let cursor: string | undefined
  do {
    const page = await client.list({ ...filter, limit: Math.min(PAGE_SIZE, maxTasks - tasks.length), cursor })
    tasks.push(...page.tasks)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined && tasks.length < maxTasks)
  return tasks
}

/**
 * Cancels active tasks until there are none, including those created meanwhile. Waiting tasks are cancelled first, so that
 * no task is started just to be cancelled. Returns their number.
 */
export async function cancelAll(client: SpooldClient): Promise<number> {
  let count = 0
  for (;;) {
    const tasks = await allTasks(client, {})
    if (tasks.length === 0) return count
    const isWaiting = (task: TaskResult) => task.status === 'pending'
    for (const group of [tasks.filter(isWaiting), tasks.filter((task) => !isWaiting(task))]) {
      const outcomes = await Promise.all(group.map((task) => client.cancel(task.task_id)))
      count += outcomes.filter((outcome) => outcome.success).length
    }
  }
}
