import { z } from 'zod'
import type { TaskService } from '../../domain/service.js'
import type { TaskPage } from '../../domain/store.js'
import { TASK_STATUSES, type Task } from '../../domain/task.js'
import { ellipsize } from '../../domain/text.js'
import { escapedBytes, listWithinBudget, resultBytes } from '../budget.js'
import { taskResult, toTaskResult } from '../results/task.js'
import { flag, oneOf, text, wholeNumber } from '../schema/fields.js'
import { MAX_LIST } from '../schema/limits.js'
import { sessionId } from '../schema/task-fields.js'
import { defineTool, READS, type ToolResult } from './tool.js'

export const taskListResult = z.object({
  tasks: z.array(taskResult),
  count: z.int(),
  next_cursor: z.string().nullable().describe('cursor for the next page; null on the last one'),
})
export type TaskListResult = z.infer<typeof taskListResult>

/** Bounds for a message, a question or an error, bytes: the first that fits is used. */
const PREVIEW_BYTES = [300, 100, 30, 0]
/** Fewer tasks than this are not worth longer previews. */
const MIN_TASKS = 10
/** The largest result that a listing includes. */
const RESULT_BYTES = 1_000
/** What a result adds besides its text. */
const FIELD_BYTES = '"result":"",'.length
/** How much of a message goes into a line for a model, in UTF-16 units. */
const LINE_LENGTH = 80

export const taskList = defineTool({
  name: 'task_list',
  title: 'List tasks',
  description:
    'Lists tasks, newest first; only active ones unless include_done or status says otherwise. ' +
    'Finds the task_id of work that an earlier conversation started.',
  input: z.strictObject({
    session_id: sessionId.optional(),
    include_done: flag({
      about: 'Include ended tasks',
      remedy: 'omit it for active tasks only',
    }).default(false),
    status: oneOf(TASK_STATUSES, {
      about: 'Only tasks of this status',
      remedy: 'omit it for all statuses',
    }).optional(),
    limit: wholeNumber({
      min: 1,
      max: MAX_LIST,
      about: 'Tasks per page, or as many as fit the result',
      remedy: 'read on with next_cursor',
    }).default(20),
    cursor: text({
      about: 'next_cursor of the previous page',
      remedy: 'omit it for the first page',
    }).optional(),
  }),
  result: taskListResult,
  annotations: READS,
  async handle(service, input, { maxBytes, now }) {
    const read = (limit: number) =>
      service.list({
        sessionId: input.session_id,
        includeDone: input.include_done,
        status: input.status,
        limit,
        cursor: input.cursor,
      })
    let page = await read(input.limit)
    const isActiveOnly = !input.include_done && input.status === undefined
    let result = toPageResult(page, { maxBytes, now: now(), isActiveOnly })
    // Only the store knows the cursor of a shorter page.
    while (result.structured.count < page.tasks.length && page.tasks.length > 1) {
      page = await read(Math.max(1, result.structured.count))
      result = toPageResult(page, { maxBytes, now: now(), isActiveOnly })
    }
    await addResults(service, page.tasks, result, maxBytes)
    return result
  },
})

function toPageResult(
  page: TaskPage,
  { maxBytes, now, isActiveOnly }: { maxBytes: number; now: number; isActiveOnly: boolean },
): ToolResult<TaskListResult> {
  return listWithinBudget(
    page.tasks,
    { maxBytes, textBytes: PREVIEW_BYTES, minEntries: MIN_TASKS },
    (some, textBytes) => {
      const tasks = some.map((task) => ({
        ...toTaskResult(task, now, textBytes),
        ...(task.status === 'completed' ? { result_bytes: task.textBytes } : {}),
      }))
      const structured: TaskListResult = { tasks, count: tasks.length, next_cursor: page.nextCursor }
      return { structured, text: listing(structured, isActiveOnly) }
    },
  )
}

/** Replaces the size of small results by the results themselves, while there is room. */
async function addResults(
  service: TaskService,
  tasks: Task[],
  list: ToolResult<TaskListResult>,
  maxBytes: number,
): Promise<void> {
  let room = maxBytes - resultBytes(list)
  for (const [index, listed] of list.structured.tasks.entries()) {
    const task = tasks[index]
    if (task?.status !== 'completed' || task.textBytes > Math.min(RESULT_BYTES, room)) continue
    const result = await resultOf(service, task)
    const bytes = result === null ? 0 : escapedBytes(result) + FIELD_BYTES
    if (result === null || bytes > room) continue
    delete listed.result_bytes
    listed.result = result
    room -= bytes
  }
}

async function resultOf(service: TaskService, task: Task): Promise<string | null> {
  const query = { from: task.chunkCount, waitMs: 0, waitFor: 'output', maxBytes: RESULT_BYTES } as const
  return (await service.status(task.id, query)).result
}

function listing(list: TaskListResult, isActiveOnly: boolean): string {
  if (list.count === 0) return isActiveOnly ? 'No active tasks; include_done lists ended ones.' : 'No tasks.'
  const lines = list.tasks.map((task) => {
    const duration = task.duration_seconds === null ? '' : `, ${Math.round(task.duration_seconds)} s`
    return `${task.task_id} ${task.status} (${task.agent}, ${task.chunks_count} chunks${duration}) ${ellipsize(task.message, LINE_LENGTH)}`
  })
  if (list.next_cursor !== null) lines.push(`More: cursor ${list.next_cursor}`)
  return lines.join('\n')
}
