/** What a model reads about this server when it connects. */
export const INSTRUCTIONS = `spoold runs long agent tasks in the background and keeps every piece of their output.
1. kiro_chat_async starts a task and returns its task_id at once.
2. kiro_task_status with from_chunk_index 0 waits for output and returns it. Call it again with next_chunk_index of the answer, until is_done is true and has_more is false. detail "text" is the shortest to read.
3. A task ends by itself, by its own limits or by kiro_task_cancel, never because a connection broke: do not start it again, poll on. After a lost conversation kiro_task_list with include_done finds it.
4. Status input_required: the agent asks for a permission, and waits. The answer's question says for what; kiro_task_respond answers it.
Tasks that name the same session_id continue one conversation, one after another; without it tasks run side by side.`
