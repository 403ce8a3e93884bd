import type { TaskService } from '../../domain/service.js'
import type { Task } from '../../domain/task.js'
import type { ResourceContents } from '../call.js'
import { clipQuestion, toQuestionResult } from '../results/question.js'
import { toTaskResult } from '../results/task.js'
import { outputUri, TASKS_URI } from './addresses.js'

/** How much of a message, an error or a question is told, bytes: of one task, and in a list. */
const MESSAGE_BYTES = 1_000
const LISTED_MESSAGE_BYTES = 150
const MAX_LISTED = 20
/** What the list has around its tasks. */
const REST_BYTES = 200

/** One task as kiro_task_list tells it, with the question it waits for as kiro_task_status does. `task_not_found`. */
export async function readTask(
  service: TaskService,
  { taskId, uri }: { taskId: string; uri: string },
  now: number,
): Promise<ResourceContents[]> {
  const task = await service.get(taskId)
  return [inJson(uri, toStatus(task, now))]
}

function toStatus(task: Task, now: number): object {
  return {
    ...toTaskResult(task, now, MESSAGE_BYTES),
    ...(task.status === 'input_required'
      ? { question: toQuestionResult(clipQuestion(task.question, MESSAGE_BYTES)) }
      : {}),
    ...(task.status === 'completed' ? { result_bytes: task.textBytes } : {}),
    output: outputUri(task.id),
  }
}

/** The newest tasks, as many as fit into `maxBytes`. */
export async function readTasks(
  service: TaskService,
  now: number,
  maxBytes: number,
): Promise<ResourceContents[]> {
  const { tasks, nextCursor } = await service.list({ includeDone: true, limit: MAX_LISTED })
  const told: object[] = []
  let room = maxBytes - REST_BYTES
  for (const task of tasks) {
    const answer = toTaskResult(task, now, LISTED_MESSAGE_BYTES)
    // It is JSON within JSON: the quotes are escaped.
    room -= Buffer.byteLength(JSON.stringify(JSON.stringify(answer)))
    if (room < 0 && told.length > 0) break
    told.push(answer)
  }
  const hasMore = nextCursor !== null || told.length < tasks.length
  return [inJson(TASKS_URI, { tasks: told, count: told.length, has_more: hasMore })]
}

function inJson(uri: string, value: object): ResourceContents {
  return { uri, mimeType: 'application/json', text: JSON.stringify(value) }
}
