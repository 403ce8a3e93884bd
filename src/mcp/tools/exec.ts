import { z } from 'zod'
import { startResult, toStartResult } from '../results/start.js'
import { commandLine } from '../schema/fields.js'
import { toMs } from '../schema/start-fields.js'
import { idempotencyKey, timeoutSeconds, ttlSeconds, workingDirectory } from '../schema/task-fields.js'
import { CREATES, defineTool } from './tool.js'

export const exec = defineTool({
  name: 'exec',
  title: 'Run a command',
  description: 'Runs any command as a task. Only for the person at this machine.',
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
      ttlMs: toMs(input.ttl_seconds),
      timeoutMs: toMs(input.timeout_seconds),
      idempotencyKey: input.idempotency_key,
    })
    return toStartResult(task, context.tool)
  },
})
