import type { ToolNames } from './wording.js'

/** What a model reads about this server when it connects; every conversation pays for it. */
export function instructions(tool: ToolNames): string {
  return `spoold runs agent tasks and keeps every piece of their output.
Short work: ${tool('chat')} waits for the answer.
Long work: ${tool('chat_async')} gives a task_id at once. Then poll ${tool('task_status')} from chunk 0, and from next_chunk_index of each result, until is_done is true; wait_for "done", wait_ms 50000 and detail "text" take the fewest calls.
A task ends by itself, by its limits or by ${tool('task_cancel')}, never by a lost connection: do not start it again, read on. ${tool('task_list')} with include_done finds it in a later conversation.
Status input_required: the agent asks for a permission; ${tool('task_respond')} answers it.
Tasks of one session_id continue one conversation, one after another; without it they run side by side.`
}
