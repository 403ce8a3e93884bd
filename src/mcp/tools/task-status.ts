import { z } from 'zod'
import { boundedStatus } from '../results/bounded-status.js'
import { statusResult } from '../results/status.js'
import { oneOf, wholeNumber } from '../schema/fields.js'
import { DEFAULT_WAIT_MS, LARGE_RESULTS } from '../schema/limits.js'
import { assertWaitAllowed, detail, maxBytes, taskId, waitMs } from '../schema/task-fields.js'
import { waitForStatus } from '../wait.js'
import { defineTool, READS } from './tool.js'

export const taskStatus = defineTool({
  name: 'task_status',
  title: 'Read a task',
  description:
    'Waits for a task and reads its output. Poll from 0, then from next_chunk_index (last_chunk_index + 1), until is_done; ' +
    'with wait_for "done", wait_ms 50000 and detail "text" that takes the fewest calls. A silent task is still working: do not start it again.',
  input: z.strictObject({
    task_id: taskId,
    from_chunk_index: wholeNumber({
      min: 0,
      about: 'First chunk to read: 0, then next_chunk_index of the last result',
      remedy: 'start with 0 or use next_chunk_index',
    }).default(0),
    wait_ms: waitMs.default(DEFAULT_WAIT_MS),
    wait_for: oneOf(['output', 'done'], {
      about: '"output": return as soon as there is some; "done": wait for the end',
      remedy: 'omit it for output',
    }).default('output'),
    max_bytes: maxBytes.optional(),
    detail: detail.default('full'),
  }),
  result: statusResult,
  annotations: READS,
  meta: LARGE_RESULTS,
  async handle(service, input, context) {
    assertWaitAllowed(input.wait_ms, context)
    const { task_id: taskId, from_chunk_index: from, wait_ms: waitMs, wait_for: waitFor, detail } = input
    const maxBytes = input.max_bytes ?? context.maxBytes
    const progress = await waitForStatus(service, taskId, { from, waitMs, waitFor, maxBytes }, context)
    return boundedStatus(progress, { from, maxBytes, detail, now: context.now(), tool: context.tool })
  },
})
