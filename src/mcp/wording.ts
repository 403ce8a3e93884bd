import type { ErrorAction, ErrorWording } from '../domain/errors.js'

/** Gives the name under which the caller knows a tool of ours: `task_list` → `kiro_task_list`. */
export type ToolNames = (tool: string) => string

/** How MCP clients name what an error is about: input fields as the schemas do, actions as tools. */
export function mcpWording(tool: ToolNames): ErrorWording {
  const actions: Record<ErrorAction, (field: string) => string> = {
    list_tasks: () => `${tool('task_list')} with include_done lists the tasks`,
    list_sessions: () =>
      `${tool('session_list')} lists the sessions, and a start without session_id opens a new one`,
    list_agents: () => `${tool('agents_list')} lists the agents`,
    read_from_start: () => 'use next_chunk_index of the last result, or 0',
    show_question: () => `${tool('task_status')} shows the open question`,
    show_task: () => `${tool('task_status')} shows its state`,
    omit_field: (field) => `omit ${field}, or open a new session`,
    open_session: () => 'omit session_id to open a new session',
    run_command: () => 'only people run commands, with `spoold exec`',
  }
  return { field: (name) => name, action: (action, field) => actions[action](field) }
}
