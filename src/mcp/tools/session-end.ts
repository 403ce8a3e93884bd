import { z } from 'zod'
import { sessionResult, toSessionResult } from '../results/session.js'
import { sessionId } from '../schema/task-fields.js'
import { defineTool, ENDS } from './tool.js'

export const sessionEnd = defineTool({
  name: 'session_end',
  title: 'End a session',
  description: 'Ends a session; it accepts no more tasks. Its tasks and their output stay readable.',
  input: z.strictObject({ session_id: sessionId }),
  result: sessionResult,
  annotations: ENDS,
  async handle(service, input) {
    const session = await service.endSession(input.session_id)
    return { structured: toSessionResult(session), text: `Session ${session.id} has ended.` }
  },
})
