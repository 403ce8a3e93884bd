import { z } from 'zod'
import { printable } from '../../domain/shown-text.js'
import { sessionAnswer, toSessionAnswer } from '../answers/session.js'
import { defineTool, READS } from '../tool.js'

export const sessionListAnswer = z.object({ sessions: z.array(sessionAnswer), count: z.int() })
export type SessionListAnswer = z.infer<typeof sessionListAnswer>

export const sessionList = defineTool({
  name: 'kiro_session_list',
  title: 'List sessions',
  description: 'Sessions, the one that was used last first.',
  input: z.strictObject({}),
  answer: sessionListAnswer,
  annotations: READS,
  async handle(service) {
    const sessions = (await service.listSessions()).map(toSessionAnswer)
    const lines = sessions.map((session) => {
      const state = session.ended_at === null ? `${session.tasks_count} tasks` : 'ended'
      return `${session.session_id} (${session.agent}, ${state}) ${printable(session.working_directory)}`
    })
    return {
      structured: { sessions, count: sessions.length },
      text: lines.length === 0 ? 'No sessions.' : lines.join('\n'),
    }
  },
})
