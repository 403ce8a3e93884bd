import { z } from 'zod'
import { boundedStart, startResult, toStartResult } from '../results/start.js'
import { startFields, toStartRequest } from '../schema/start-fields.js'
import { assertWaitAllowed, waitMs } from '../schema/task-fields.js'
import { waitForStatus } from '../wait.js'
import { CREATES, defineTool } from './tool.js'

export const chatAsync = defineTool({
  name: 'chat_async',
  title: 'Start a task',
  description: (tool) =>
    'Gives a message to an agent, which works on it in the background, and returns a task_id at once, for ' +
    `${tool('task_status')}. The task continues whatever happens to this connection.`,
  input: z.strictObject({
    ...startFields,
    wait_ms: waitMs
      .default(0)
      .describe(
        'How long to wait for the end of a short task, in ms, at most 50000; its output then comes with this result',
      ),
  }),
  result: startResult,
  annotations: { ...CREATES, openWorldHint: true },
  async handle(service, input, context) {
    assertWaitAllowed(input.wait_ms, context)
    const { task } = await service.start(toStartRequest(input, context))
    const { maxBytes, tool } = context
    if (input.wait_ms === 0) return toStartResult(task, tool)
    const query = { from: 0, waitMs: input.wait_ms, waitFor: 'done', maxBytes } as const
    const progress = await waitForStatus(service, task.id, query, context)
    return boundedStart(progress, { maxBytes, detail: 'full', now: context.now(), tool })
  },
})
