import { z } from 'zod'
import { TASK_STATUSES } from '../../domain/task.js'
import { taskId } from '../schema/task-fields.js'
import { defineTool, ENDS } from './tool.js'

export const cancelResult = z.object({
  success: z.boolean().describe('False if the task had already ended'),
  task_id: z.string(),
  status: z.enum(TASK_STATUSES),
  message: z.string(),
})
export type CancelResult = z.infer<typeof cancelResult>

export const taskCancel = defineTool({
  name: 'task_cancel',
  title: 'Cancel a task',
  description: 'Ends a task and all its processes. Its output so far stays readable.',
  input: z.strictObject({ task_id: taskId }),
  result: cancelResult,
  annotations: ENDS,
  async handle(service, input) {
    const { task, cancelled } = await service.cancel(input.task_id)
    const message = cancelled
      ? 'Task cancelled.'
      : `Nothing to cancel: the task has already ended (${task.status}).`
    const structured = { success: cancelled, task_id: task.id, status: task.status, message }
    return { structured, text: `${task.id}: ${message}` }
  },
})
