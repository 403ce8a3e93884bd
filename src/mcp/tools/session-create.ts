import { z } from 'zod'
import { toDisplayText } from '../../domain/text.js'
import { sessionResult, toSessionResult } from '../results/session.js'
import { agent, workingDirectory } from '../schema/task-fields.js'
import { CREATES, defineTool } from './tool.js'

export const sessionCreate = defineTool({
  name: 'session_create',
  title: 'Open a session',
  description: (tool) =>
    'Opens a conversation with one agent in one directory. Its tasks run one after another, and each sees the ones ' +
    `before. Not needed for a single task: ${tool('chat_async')} opens a session by itself.`,
  input: z.strictObject({ agent: agent.optional(), working_directory: workingDirectory.optional() }),
  result: sessionResult,
  annotations: CREATES,
  async handle(service, input) {
    const session = await service.createSession({
      agent: input.agent,
      workingDirectory: input.working_directory,
    })
    const { id, agent, workingDirectory } = session
    return {
      structured: toSessionResult(session),
      text: `Session ${id} with ${agent} in ${toDisplayText(workingDirectory)}.`,
    }
  },
})
