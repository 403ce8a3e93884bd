import { z } from 'zod'
import { taskDetailResult, toTaskDetailResult } from '../results/task.js'
import { identifier, wholeNumber } from '../schema/fields.js'
import { MAX_RESULT_BYTES } from '../schema/limits.js'
import { defineTool, READS } from './tool.js'

export const show = defineTool({
  name: 'show',
  title: 'Show a task',
  description: 'Everything about one task, by its id or a unique prefix of it.',
  input: z.strictObject({
    task_id: identifier({ about: 'Id, or a unique prefix of one' }),
    text_bytes: wholeNumber({
      min: 0,
      max: MAX_RESULT_BYTES,
      about: 'Include up to so many bytes of the text',
      remedy: 'read longer text by chunks',
    }).default(0),
  }),
  result: taskDetailResult,
  annotations: READS,
  async handle(service, input, context) {
    const { task, text } = await service.show(input.task_id, input.text_bytes)
    const detail = toTaskDetailResult(task, context.now())
    return { structured: { ...detail, text }, text: `${task.id}: ${task.status}` }
  },
})
