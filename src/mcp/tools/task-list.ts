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

/** How much of a message, a question or an error a listing tells: the first that goes. */
const PREVIEW_BYTES = [300, 100, 30, 0]
/** Rather so many tasks with short previews than fewer with long ones. */
const ENOUGH_TASKS = 10
/** The largest result that a listing holds. */
const RESULT_BYTES = 1_000
/** What a result takes beside its text. */
const FIELD_BYTES = '"result":"",'.length
/** How much of a message stands in a line for a model, in UTF-16 units. */
const LINE_LENGTH = 80

export const taskList = defineTool({
  name: 'task_list',
  title: 'List tasks',
  description:
    'Tasks, newest first; active ones only unless include_done or status says otherwise. ' +
    'Finds the task_id of work that an earlier conversation started.',
  input: z.strictObject({
    session_id: sessionId.optional(),
    include_done: flag({
      about: 'Ended tasks too',
      remedy: 'leave it out for active tasks only',
    }).default(false),
    status: oneOf(TASK_STATUSES, {
      about: 'Only tasks of this status',
      remedy: 'leave it out for all of them',
    }).optional(),
    limit: wholeNumber({
      min: 1,
      max: MAX_LIST,
      about: 'Tasks on one page, or as many as fit the answer',
      remedy: 'read on with next_cursor',
    }).default(20),
    cursor: text({
      about: 'next_cursor of the page before',
      remedy: 'leave it out for the first page',
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
    let answer = fitPage(page, { maxBytes, now: now(), isActiveOnly })
    // The cursor of a shorter page is the store's to tell.
    while (answer.structured.count < page.tasks.length && page.tasks.length > 1) {
      page = await read(Math.max(1, answer.structured.count))
      answer = fitPage(page, { maxBytes, now: now(), isActiveOnly })
    }
    await addResults(service, page.tasks, answer, maxBytes)
    return answer
  },
})

function fitPage(
  page: TaskPage,
  { maxBytes, now, isActiveOnly }: { maxBytes: number; now: number; isActiveOnly: boolean },
): ToolResult<TaskListResult> {
  return listWithinBudget(
    page.tasks,
    { maxBytes, textBytes: PREVIEW_BYTES, minEntries: ENOUGH_TASKS },
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

/** Gives small results with their tasks, instead of their size, while there is room. */
async function addResults(
  service: TaskService,
  tasks: Task[],
  answer: ToolResult<TaskListResult>,
  maxBytes: number,
): Promise<void> {
  let room = maxBytes - resultBytes(answer)
  for (const [place, told] of answer.structured.tasks.entries()) {
    const task = tasks[place]
    if (task?.status !== 'completed' || task.textBytes > Math.min(RESULT_BYTES, room)) continue
    const result = await resultOf(service, task)
    const bytes = result === null ? 0 : escapedBytes(result) + FIELD_BYTES
    if (result === null || bytes > room) continue
    delete told.result_bytes
    told.result = result
    room -= bytes
  }
}

async function resultOf(service: TaskService, task: Task): Promise<string | null> {
  const query = { from: task.chunkCount, waitMs: 0, waitFor: 'output', maxBytes: RESULT_BYTES } as const
  return (await service.status(task.id, query)).result
}

function listing(answer: TaskListResult, isActiveOnly: boolean): string {
  if (answer.count === 0)
    return isActiveOnly ? 'No active tasks; include_done lists those that ended.' : 'No tasks.'
  const lines = answer.tasks.map((task) => {
    const took = task.duration_seconds === null ? '' : `, ${Math.round(task.duration_seconds)} s`
    return `${task.task_id} ${task.status} (${task.agent}, ${task.chunks_count} chunks${took}) ${ellipsize(task.message, LINE_LENGTH)}`
  })
  if (answer.next_cursor !== null) lines.push(`More: cursor ${answer.next_cursor}`)
  return lines.join('\n')
}
