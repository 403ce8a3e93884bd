import { z } from 'zod'
import { SpoolError } from '../../domain/errors.js'
import type { TaskService } from '../../domain/service.js'
import { isInsideCharacter } from '../../domain/text.js'
import { fitStatus } from '../budget/status.js'
import { statusResult } from '../results/status.js'
import { oneOf, wholeNumber } from '../schema/fields.js'
import { DEFAULT_WAIT_MS, LARGE_ANSWERS, READ_AHEAD_BYTES } from '../schema/limits.js'
import { assertWaitAllowed } from '../schema/long-wait.js'
import { detail, maxBytes, taskId, waitMs } from '../schema/task-fields.js'
import { waitForStatus } from '../wait.js'
import { defineTool, READS } from './tool.js'

export const taskStatus = defineTool({
  name: 'task_status',
  title: 'Read a task',
  description:
    'Waits for a task and reads what it printed. Shortest: wait_for "done", wait_ms 50000, detail "text". Call it again ' +
    'with next_chunk_index (and next_offset, where given) of the last answer, until is_done is true and has_more is ' +
    'false. A quiet task still works: do not start it again.',
  input: z.strictObject({
    task_id: taskId,
    from_chunk_index: wholeNumber({
      min: 0,
      about: 'First chunk wanted: 0, then next_chunk_index of the last answer',
      remedy: 'start with 0 or use next_chunk_index',
    }).default(0),
    from_offset: wholeNumber({
      min: 0,
      about: 'next_offset of the last answer, where it has one: UTF-16 units of that chunk which were read',
      remedy: 'use next_offset or leave it out',
    }).default(0),
    wait_ms: waitMs.default(DEFAULT_WAIT_MS),
    wait_for: oneOf(['output', 'done'], {
      about: '"output": answer as soon as there is some; "done": wait for the end',
      remedy: 'leave it out for output',
    }).default('output'),
    max_bytes: maxBytes.optional(),
    detail: detail.default('full'),
  }),
  result: statusResult,
  annotations: READS,
  meta: LARGE_ANSWERS,
  async handle(service, input, context) {
    const { task_id: id, from_chunk_index: from, from_offset: fromOffset, detail } = input
    assertWaitAllowed(input.wait_ms, context)
    if (fromOffset > 0) await refuseWrongOffset(service, id, from, fromOffset)
    const maxBytes = input.max_bytes ?? context.maxBytes
    const readBytes = maxBytes + READ_AHEAD_BYTES
    const query = { from, waitMs: input.wait_ms, waitFor: input.wait_for, maxBytes: readBytes }
    const progress = await waitForStatus(service, id, query, context)
    const { tool } = context
    return fitStatus(progress, { from, fromOffset, maxBytes, detail, now: context.now(), tool })
  },
})

/** An offset that no answer ever named would skip something, or halve a character. */
async function refuseWrongOffset(
  service: TaskService,
  id: string,
  from: number,
  offset: number,
): Promise<void> {
  const { chunks } = await service.status(id, { from, waitMs: 0, waitFor: 'output', maxBytes: 1 })
  const content = chunks[0]?.content ?? ''
  if (offset < content.length && !isInsideCharacter(content, offset)) return
  throw new SpoolError(
    'invalid_input',
    `from_offset ${offset} is no place in chunk ${from}; use next_offset of the last answer, or leave it out`,
    { field: 'from_offset' },
  )
}
