import { z } from 'zod'
import { startResult, toStartResult } from '../results/start.js'
import { commandLine } from '../schema/fields.js'
import { idempotencyKey, timeoutSeconds, ttlSeconds, workingDirectory } from '../schema/task-fields.js'
import { CREATES, defineTool } from './tool.js'

export const exec = defineTool({
  name: 'exec',
  title: 'Run a command',
  description: 'Runs any command as a task. For the person at this machine only.',
  input: z.strictObject({
    argv: commandLine({ about: 'The program and its arguments', remedy: 'as in ["npm", "test"]' }),
    working_directory: workingDirectory.optional(),
    ttl_seconds: ttlSeconds.optional(),
    timeout_seconds: timeoutSeconds.optional(),
    idempotency_key: idempotencyKey.optional(),
  }),
  result: startResult,
  annotations: { ...CREATES, openWorldHint: true },
  async handle(service, input, context) {
    const { task } = await service.exec({
      argv: input.argv,
      workingDirectory: input.working_directory,
      ttlMs: input.ttl_seconds === undefined ? undefined : input.ttl_seconds * 1000,
      timeoutMs: input.timeout_seconds === undefined ? undefined : input.timeout_seconds * 1000,
      idempotencyKey: input.idempotency_key,
    })
    return toStartResult(task, context.tool)
  },
})
