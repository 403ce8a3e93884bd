import { z } from 'zod'
import type { Task } from '../../domain/task.js'
import { type StatusAnswer, statusAnswer } from './status.js'

/** The handle of a task, and what a first poll tells where the call waited for it. */
export const startAnswer = statusAnswer.partial().extend({
  task_id: z.string(),
  session_id: z.string(),
  status: statusAnswer.shape.status,
  message: z.string(),
  next_chunk_index: z.int().describe('from_chunk_index for kiro_task_status'),
})
export type StartAnswer = z.infer<typeof startAnswer>

const POLL = 'Task started. Poll kiro_task_status for updates.'

export function toStartAnswer(
  task: Task,
  rename: (text: string) => string,
  polled?: { structured: StatusAnswer; text: string },
): { structured: StartAnswer; text: string } {
  const poll = rename(POLL)
  if (polled === undefined) {
    const { id, sessionId: session_id, status } = task
    return {
      structured: { task_id: id, session_id, status, message: poll, next_chunk_index: 0 },
      text: `${poll}\ntask_id ${id}, session_id ${session_id}, ${status}, next_chunk_index 0`,
    }
  }
  const { is_done, has_more } = polled.structured
  const message = is_done && !has_more ? 'The task is done.' : poll
  return {
    structured: { ...polled.structured, session_id: task.sessionId, message },
    text: `${message} session_id ${task.sessionId}\n${polled.text}`,
  }
}
