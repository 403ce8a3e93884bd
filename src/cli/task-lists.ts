import type { ListInput } from '../client/inputs.js'
import type { SpooldClient } from '../client/spoold-client.js'
import type { TaskResult } from '../mcp/results/task.js'

const PAGE = 100

/** The tasks that a listing has, page by page: all, or the first `most`. A page may hold fewer than were asked for. */
export async function allTasks(
  client: Pick<SpooldClient, 'list'>,
  filter: ListInput,
  most = Number.POSITIVE_INFINITY,
): Promise<TaskResult[]> {
  const tasks: TaskResult[] = []
  let cursor: string | undefined
  do {
    const page = await client.list({ ...filter, limit: Math.min(PAGE, most - tasks.length), cursor })
    tasks.push(...page.tasks)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined && tasks.length < most)
  return tasks
}

/**
 * Cancels whatever is active, until nothing is: what comes in meanwhile, too. The waiting ones go first, so that no
 * task is started just to be cancelled. Gives how many there were.
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
