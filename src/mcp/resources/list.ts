import type { TaskService } from '../../domain/service.js'
import type { Task } from '../../domain/task.js'
import { oneLine } from '../../domain/text.js'
import type { ListedResource } from '../definition.js'
import { iso } from '../results/time.js'
import { outputUri, TASKS_URI, taskUri } from './addresses.js'

/** Tasks per page; each is two resources. */
const PAGE = 20
/** How much of a message goes into a title, in UTF-16 units. */
const TITLE_LENGTH = 60

const ALL_TASKS: ListedResource = {
  uri: TASKS_URI,
  name: 'tasks',
  title: 'Recent tasks',
  description: 'The most recent tasks with their status, newest first.',
  mimeType: 'application/json',
}

/** The list of tasks, then the tasks themselves, newest first. Throws `invalid_input` for an unknown cursor. */
export async function listResources(service: TaskService, cursor: string | undefined) {
  const page = await service.list({ includeDone: true, limit: PAGE, cursor })
  const ofTasks = page.tasks.flatMap((task) => [statusOf(task), outputOf(task)])
  return {
    resources: cursor === undefined ? [ALL_TASKS, ...ofTasks] : ofTasks,
    ...(page.nextCursor === null ? {} : { nextCursor: page.nextCursor }),
  }
}

function statusOf(task: Task): ListedResource {
  return {
    uri: taskUri(task.id),
    name: task.id,
    title: titleOf(task),
    description: `The state of the task. ${facts(task)}`,
    mimeType: 'application/json',
  }
}

function outputOf(task: Task): ListedResource {
  return {
    uri: outputUri(task.id),
    name: `${task.id}/output`,
    title: `Output of ${titleOf(task)}`,
    description: `The text of the agent. ${facts(task)}`,
    mimeType: 'text/plain',
    size: task.textBytes,
  }
}

function titleOf(task: Task): string {
  return `${oneLine(task.agent, TITLE_LENGTH)}: ${oneLine(task.message, TITLE_LENGTH)}`
}

function facts(task: Task): string {
  return `${task.status}, created ${iso(task.createdAt)}, ${task.textBytes} bytes of text`
}
