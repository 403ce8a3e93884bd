import { z } from 'zod'
import { taskDetailResult, toTaskDetailResult } from '../results/task.js'
import { flag } from '../schema/fields.js'
import { taskId } from '../schema/task-fields.js'
import { defineTool, READS } from './tool.js'

export const pin = defineTool({
  name: 'pin',
  title: 'Pin a task',
  description: 'A pinned task is never purged; after unpinning its retention counts again.',
  input: z.strictObject({
    task_id: taskId,
    pinned: flag({ about: 'Pin or unpin', remedy: 'use true to pin the task' }),
  }),
  result: taskDetailResult,
  annotations: { ...READS, readOnlyHint: false },
  async handle(service, input, context) {
    const task = await service.setPinned(input.task_id, input.pinned)
    const text = `${task.id} is ${task.pinned ? 'pinned' : 'not pinned'}.`
    return { structured: toTaskDetailResult(task, context.now()), text }
  },
})
