import type { z } from 'zod'
import type { StartRequest } from '../../domain/service.js'
import { identifier, text, wholeNumber } from './fields.js'
import {
  agent,
  idempotencyKey,
  sessionId,
  timeoutSeconds,
  ttlSeconds,
  workingDirectory,
} from './task-fields.js'

/** What the tools that start a task take for it. */
export const startFields = {
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
}

type StartInput = z.output<z.ZodObject<typeof startFields>>

/** The same for the service. */
export function toStartRequest(input: StartInput, { attended }: { attended: boolean }): StartRequest {
  return {
    message: input.message,
    sessionId: input.session_id,
    agent: input.agent,
    model: input.model,
    workingDirectory: input.working_directory,
    ttlMs: input.ttl_seconds === undefined ? undefined : input.ttl_seconds * 1000,
    timeoutMs: input.timeout_seconds === undefined ? undefined : input.timeout_seconds * 1000,
    priority: input.priority,
    idempotencyKey: input.idempotency_key,
    attended,
  }
}
