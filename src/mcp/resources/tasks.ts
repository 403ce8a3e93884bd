import type { TaskService } from '../../domain/service.js'
import type { Task } from '../../domain/task.js'
import type { ResourceContents } from '../call.js'
import { clipQuestion, toQuestionResult } from '../results/question.js'
import { toTaskResult } from '../results/task.js'
import { outputUri, TASKS_URI } from './addresses.js'

/** Bounds for a message, an error or a question, bytes: of one task, and in a list. */
const MESSAGE_BYTES = 1_000
const LISTED_MESSAGE_BYTES = 150
const MAX_LISTED = 20
/** What the list has around its tasks. */
const FRAME_BYTES = 200

/** One task as the tool task_list gives it, with its question as task_status does. Throws `task_not_found`. */
export async function readTask(
  service: TaskService,
  { taskId, uri }: { taskId: string; uri: string },
  now: number,
): Promise<ResourceContents[]> {
  const task = await service.get(taskId)
  return [toJson(uri, toStatus(task, now))]
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

/** The newest tasks, as many as fit `maxBytes`. */
export async function readTasks(
  service: TaskService,
  now: number,
  maxBytes: number,
): Promise<ResourceContents[]> {
  const { tasks, nextCursor } = await service.list({ includeDone: true, limit: MAX_LISTED })
  const listed: object[] = []
  let room = maxBytes - FRAME_BYTES
  for (const task of tasks) {
    const entry = toTaskResult(task, now, LISTED_MESSAGE_BYTES)
    // JSON within JSON: its quotes are escaped.
    room -= Buffer.byteLength(JSON.stringify(JSON.stringify(entry)))
    if (room < 0 && listed.length > 0) break
    listed.push(entry)
  }
  const hasMore = nextCursor !== null || listed.length < tasks.length
  return [toJson(TASKS_URI, { tasks: listed, count: listed.length, has_more: hasMore })]
}

function toJson(uri: string, value: object): ResourceContents {
  return { uri, mimeType: 'application/json', text: JSON.stringify(value) }
}
