import { z } from 'zod'
import { statusAnswer } from '../answers/status.js'
import { oneOf, wholeNumber } from '../fields.js'
import { fitStatus } from '../fit-status.js'
import { DEFAULT_WAIT_MS } from '../limits.js'
import { detail, maxBytes, taskId, waitMs } from '../task-fields.js'
import { defineTool, READS } from '../tool.js'

export const taskStatus = defineTool({
  name: 'kiro_task_status',
  title: 'Read a task',
  description:
    'Where a task stands and what it printed from chunk from_chunk_index on. Waits up to wait_ms for news, so call it ' +
    'again at once, each time with next_chunk_index of the last answer, until is_done is true and has_more is false. ' +
    'A quiet task still works (last_output_at tells since when it is quiet): do not start it again.',
  input: z.strictObject({
    task_id: taskId,
    from_chunk_index: wholeNumber({
      min: 0,
      about: 'First chunk wanted: 0 for all, then next_chunk_index of the answer before',
      remedy: 'start with 0 or use next_chunk_index',
    }).default(0),
    wait_ms: waitMs.default(DEFAULT_WAIT_MS),
    wait_for: oneOf(['output', 'done'], {
      about: '"output": answer as soon as there are new chunks; "done": wait for the end',
      remedy: 'leave it out for output',
    }).default('output'),
    max_bytes: maxBytes.optional(),
    detail: detail.default('full'),
  }),
  answer: statusAnswer,
  annotations: READS,
  async handle(service, input, context) {
    const budget = input.max_bytes ?? context.maxBytes
    const progress = await service.status(
      input.task_id,
      { from: input.from_chunk_index, waitMs: input.wait_ms, waitFor: input.wait_for, maxBytes: budget },
      context.signal,
    )
    return fitStatus(progress, {
      from: input.from_chunk_index,
      maxBytes: budget,
      detail: input.detail,
      now: context.now(),
    })
  },
})
