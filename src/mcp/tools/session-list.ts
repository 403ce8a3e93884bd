import { z } from 'zod'
import { ellipsizeBytes, toDisplayText } from '../../domain/text.js'
import { listWithinBudget } from '../budget.js'
import { type SessionResult, sessionResult, toSessionResult } from '../results/session.js'
import type { ToolNames } from '../wording.js'
import { defineTool, READS } from './tool.js'

export const sessionListResult = z.object({
  sessions: z.array(sessionResult),
  count: z.int(),
  note: z.string().optional().describe('What is left out'),
})
export type SessionListResult = z.infer<typeof sessionListResult>

/** Bounds for a path, bytes: the first that fits is used. */
const PATH_BYTES = [4_096, 1_000, 300, 100, 0]
const leftOut = (tool: ToolNames) =>
  `Sessions used before these are left out; ${tool('task_list')} with include_done names the sessions of all tasks.`

export const sessionList = defineTool({
  name: 'session_list',
  title: 'List sessions',
  description: 'Lists sessions, most recently used first.',
  input: z.strictObject({}),
  result: sessionListResult,
  annotations: READS,
  async handle(service, _input, { maxBytes, tool }) {
    const all = (await service.listSessions()).map(toSessionResult)
    return listWithinBudget(all, { maxBytes, textBytes: PATH_BYTES, minEntries: 1 }, (some, pathBytes) => {
      const sessions = some.map((session) => ({
        ...session,
        working_directory: ellipsizeBytes(session.working_directory, pathBytes),
      }))
      const lines = sessions.map(line)
      const note = some.length < all.length ? { note: leftOut(tool) } : {}
      return {
        structured: { sessions, count: sessions.length, ...note },
        text: [...lines, ...Object.values(note)].join('\n') || 'No sessions.',
      }
    })
  },
})

function line(session: SessionResult): string {
  const state = session.ended_at === null ? `${session.tasks_count} tasks` : 'ended'
  return `${session.session_id} (${session.agent}, ${state}) ${toDisplayText(session.working_directory)}`
}
