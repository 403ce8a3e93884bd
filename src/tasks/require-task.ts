import { taskNotFound } from '../domain/errors.js'
import type { TaskStore } from '../domain/store.js'
import type { Task } from '../domain/task.js'

/** Throws `task_not_found`. */
export async function requireTask(store: TaskStore, taskId: string): Promise<Task> {
  const task = await store.getTask(taskId)
  if (task === undefined) throw taskNotFound(taskId)
  return task
}
