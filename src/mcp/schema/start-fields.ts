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

/** Input fields of the tools that start a task. */
export const startFields = {
  message: text({ about: 'What the agent should do', remedy: 'say what the agent should do' }),
  session_id: sessionId
    .optional()
    .describe('Session to continue; without it the task opens a new one and runs beside others'),
  agent: agent.optional(),
  model: identifier({
    about: 'Model, by the name that the agent uses',
    remedy: "omit it for the agent's default model",
  }).optional(),
  working_directory: workingDirectory.optional(),
  ttl_seconds: ttlSeconds.optional(),
  timeout_seconds: timeoutSeconds.optional(),
  priority: wholeNumber({
    min: -100,
    max: 100,
    about: 'Waiting tasks of higher priority start first; default: 0',
    remedy: 'omit it for 0',
  }).optional(),
  idempotency_key: idempotencyKey.optional(),
}

type StartInput = z.output<z.ZodObject<typeof startFields>>

export function toStartRequest(input: StartInput, { attended }: { attended: boolean }): StartRequest {
  return {
    message: input.message,
    sessionId: input.session_id,
    agent: input.agent,
    model: input.model,
    workingDirectory: input.working_directory,
    ttlMs: toMs(input.ttl_seconds),
    timeoutMs: toMs(input.timeout_seconds),
    priority: input.priority,
    idempotencyKey: input.idempotency_key,
    attended,
  }
}

export function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000
}
