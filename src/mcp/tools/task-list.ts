import { z } from 'zod'
import type { TaskService } from '../../domain/service.js'
import { shorten } from '../../domain/shown-text.js'
import { TASK_STATUSES, type Task } from '../../domain/task.js'
import { type TaskAnswer, taskAnswer, toTaskAnswer } from '../answers/task.js'
import { flag, oneOf, text, wholeNumber } from '../fields.js'
import { serializedBytes } from '../fit-status.js'
import { MAX_LIST } from '../limits.js'
import { sessionId } from '../task-fields.js'
import { defineTool, READS } from '../tool.js'

export const taskListAnswer = z.object({
  tasks: z.array(taskAnswer),
  count: z.int(),
  next_cursor: z.string().nullable().describe('cursor for the next page; null on the last one'),
})
export type TaskListAnswer = z.infer<typeof taskListAnswer>

/** How much of a message or an error a listing tells, and the largest result that it holds. */
const PREVIEW_BYTES = 300
const RESULT_BYTES = 1_000
/** How much of a message stands in a line for a model, in UTF-16 units. */
const LINE_LENGTH = 80

export const taskList = defineTool({
  name: 'kiro_task_list',
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
      about: 'Tasks on one page',
      remedy: 'read on with next_cursor',
    }).default(20),
    cursor: text({
      about: 'next_cursor of the page before',
      remedy: 'leave it out for the first page',
    }).optional(),
  }),
  answer: taskListAnswer,
  annotations: READS,
  async handle(service, input, context) {
    const page = await service.list({
      sessionId: input.session_id,
      includeDone: input.include_done,
      status: input.status,
      limit: input.limit,
      cursor: input.cursor,
    })
    const now = context.now()
    const tasks = page.tasks.map((task) => toTaskAnswer(task, now, PREVIEW_BYTES))
    const structured: TaskListAnswer = { tasks, count: tasks.length, next_cursor: page.nextCursor }
    const answer = { structured, text: listing(structured) }
    await addResults(service, page.tasks, tasks, context.maxBytes - serializedBytes(answer))
    return answer
  },
})

/** Gives small results with their tasks while there is room (bytes), and the size of the others. */
async function addResults(
  service: TaskService,
  tasks: Task[],
  answers: TaskAnswer[],
  room: number,
): Promise<void> {
  let left = room
  for (const [index, answer] of answers.entries()) {
    const task = tasks[index]
    if (task?.status !== 'completed') continue
    const result = task.textBytes <= Math.min(RESULT_BYTES, left) ? await resultOf(service, task) : null
    const size = result === null ? 0 : Buffer.byteLength(JSON.stringify(result))
    if (result !== null && size <= left) answer.result = result
    else answer.result_bytes = task.textBytes
    left -= size + 20
  }
}

async function resultOf(service: TaskService, task: Task): Promise<string | null> {
  const query = { from: task.chunkCount, waitMs: 0, waitFor: 'output', maxBytes: RESULT_BYTES } as const
  return (await service.status(task.id, query)).result
}

function listing(answer: TaskListAnswer): string {
  if (answer.count === 0) return 'No tasks.'
  const lines = answer.tasks.map((task) => {
    const took = task.duration_seconds === null ? '' : `, ${Math.round(task.duration_seconds)} s`
    return `${task.task_id} ${task.status} (${task.agent}, ${task.chunks_count} chunks${took}) ${shorten(task.message, LINE_LENGTH)}`
  })
  if (answer.next_cursor !== null) lines.push(`More: cursor ${answer.next_cursor}`)
  return lines.join('\n')
}
