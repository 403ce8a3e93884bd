import { z } from 'zod'
import type { Session } from '../../domain/session.js'
import { iso, isoOrNull } from './time.js'

export const sessionResult = z.object({
  session_id: z.string(),
  agent: z.string(),
  working_directory: z.string(),
  created_at: z.string(),
  last_used_at: z.string(),
  ended_at: z.string().nullable(),
  tasks_count: z.int(),
})
export type SessionResult = z.infer<typeof sessionResult>

export function toSessionResult(session: Session): SessionResult {
  return {
    session_id: session.id,
    agent: session.agent,
    working_directory: session.workingDirectory,
    created_at: iso(session.createdAt),
    last_used_at: iso(session.lastUsedAt),
    ended_at: isoOrNull(session.endedAt),
    tasks_count: session.taskCount,
  }
}
