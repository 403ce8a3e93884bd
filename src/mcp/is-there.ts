import { SpoolError } from '../domain/errors.js'
import type { TaskService } from '../domain/service.js'

/** Whether there is such a task. Rejects where that cannot be told. */
export async function taskExists(service: TaskService, taskId: string): Promise<boolean> {
  try {
    await service.get(taskId)
    return true
  } catch (error) {
    if (isTaskNotFound(error)) return false
    throw error
  }
}

export function isTaskNotFound(error: unknown): boolean {
  return error instanceof SpoolError && error.code === 'task_not_found'
}
