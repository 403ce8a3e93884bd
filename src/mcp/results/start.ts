import { z } from 'zod'
import type { TaskOutline } from '../../domain/task.js'
import { outputLink } from '../resources/links.js'
import type { ToolResult } from '../tools/tool.js'
import type { ToolNames } from '../wording.js'
import { type StatusResult, statusResult } from './status.js'

/** The handle of a task, and what a first poll tells where the call waited for it. */
export const startResult = statusResult.partial().extend({
  task_id: z.string(),
  session_id: z.string(),
  status: statusResult.shape.status,
  message: z.string(),
  next_chunk_index: z.int().describe('from_chunk_index of the first poll'),
})
export type StartResult = z.infer<typeof startResult>

/** The sentence of the module that spoold replaces; programs may look for it. */
function started(tool: ToolNames): string {
  return `Task started. Poll ${tool('task_status')} for updates.`
}

/** What a start that waited has come to. */
function outcome({ is_done, has_more, status }: StatusResult, tool: ToolNames): string {
  if (is_done) return has_more ? 'The task has ended; read on.' : 'The task has ended.'
  return status === 'input_required' ? 'The task waits for an answer.' : started(tool)
}

export function toStartResult(
  task: TaskOutline,
  tool: ToolNames,
  polled?: ToolResult<StatusResult>,
): ToolResult<StartResult> {
  const links = [outputLink(task)]
  const { id: task_id, sessionId: session_id, status } = task
  const handle = `task_id ${task_id}, session_id ${session_id}`
  if (polled === undefined) {
    const message = started(tool)
    return {
      structured: { task_id, session_id, status, message, next_chunk_index: 0 },
      text: `${message}\n${handle}, ${status}, next_chunk_index 0`,
      links,
    }
  }
  const message = outcome(polled.structured, tool)
  return {
    structured: { ...polled.structured, session_id, message },
    text: `${message} ${handle}\n${polled.text}`,
    links,
  }
}

/** At most so many bytes more than a poll takes a start that tells one, its link not counted. */
export function startBytes(task: TaskOutline, tool: ToolNames): number {
  const said = JSON.stringify({ session_id: task.sessionId, message: started(tool) })
  return 2 * Buffer.byteLength(said) + Buffer.byteLength(`task_id ${task.id}`)
}
