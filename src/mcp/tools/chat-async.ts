import { z } from 'zod'
import { startAnswer, toStartAnswer } from '../answers/start.js'
import { identifier, text, wholeNumber } from '../fields.js'
import { fitStatus } from '../fit-status.js'
import { MAX_WAIT_MS } from '../limits.js'
import {
  agent,
  idempotencyKey,
  sessionId,
  timeoutSeconds,
  ttlSeconds,
  workingDirectory,
} from '../task-fields.js'
import { CREATES, defineTool } from '../tool.js'

/** What the answer tells beyond a poll. */
const START_BYTES = 400

export const chatAsync = defineTool({
  name: 'kiro_chat_async',
  title: 'Start a task',
  description:
    'Hands a message to an agent, which works on it in the background, and returns a task_id at once. ' +
    'Then call kiro_task_status with it until is_done. The task goes on whatever happens to this connection.',
  input: z.strictObject({
    message: text({ about: 'What the agent is asked to do', remedy: 'say what the agent is to do' }),
    session_id: sessionId
      .optional()
      .describe('Session to go on with; without it the task opens a new one and runs beside others'),
    agent: agent.optional(),
    model: identifier({
      about: "Model, in the agent's own words",
      remedy: 'leave it out for the usual model',
    }).optional(),
    working_directory: workingDirectory.optional(),
    ttl_seconds: ttlSeconds.optional(),
    timeout_seconds: timeoutSeconds.optional(),
    priority: wholeNumber({
      min: -100,
      max: 100,
      about: 'Waiting tasks of higher priority start first; 0 without it',
      remedy: 'leave it out for 0',
    }).optional(),
    idempotency_key: idempotencyKey.optional(),
    wait_ms: wholeNumber({
      min: 0,
      max: MAX_WAIT_MS,
      about: 'How long to wait for the end of a short task, in ms; its output then comes with this answer',
      remedy: 'call kiro_task_status to wait longer',
    }).default(0),
  }),
  answer: startAnswer,
  annotations: { ...CREATES, openWorldHint: true },
  async handle(service, input, context) {
    const { task } = await service.start({
      message: input.message,
      sessionId: input.session_id,
      agent: input.agent,
      model: input.model,
      workingDirectory: input.working_directory,
      ttlMs: input.ttl_seconds === undefined ? undefined : input.ttl_seconds * 1000,
      timeoutMs: input.timeout_seconds === undefined ? undefined : input.timeout_seconds * 1000,
      priority: input.priority,
      idempotencyKey: input.idempotency_key,
      attended: context.attended,
    })
    if (input.wait_ms === 0) return toStartAnswer(task, context.rename)
    const maxBytes = context.maxBytes - START_BYTES
    const query = { from: 0, waitMs: input.wait_ms, waitFor: 'done', maxBytes } as const
    const progress = await service.status(task.id, query, context.signal)
    const fit = { from: 0, maxBytes, detail: 'full', now: context.now() } as const
    return toStartAnswer(progress.task, context.rename, fitStatus(progress, fit))
  },
})
