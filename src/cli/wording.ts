import type { ErrorAction, ErrorWording } from '../domain/errors.js'

/** How the command line names the input fields of MCP. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ['agent', '--agent'],
  ['model', '--model'],
  ['session_id', '--session'],
  ['working_directory', '--cwd'],
  ['ttl_seconds', '--ttl'],
  ['timeout_seconds', '--timeout'],
  ['older_than_seconds', '--older-than'],
  ['since_seconds', '--since'],
  ['limit', '--limit'],
  ['from_chunk_index', '--from'],
  ['task_id', 'the task id'],
  ['argv', 'the command'],
  ['option', 'the answer'],
  ['message', 'the message'],
  ['query', 'the query'],
])

const ACTIONS: Readonly<Record<ErrorAction, (field: string) => string>> = {
  list_tasks: () => '`spoold ls --all` lists the tasks',
  list_sessions: () => '`spoold ls --all --json` names the sessions',
  list_agents: () => '`spoold agents` lists the agents',
  read_from_start: () => 'omit --from to read all of it',
  show_question: () => '`spoold respond` without an answer shows the open question',
  show_task: () => '`spoold show` shows its state',
  omit_field: (field) => `omit ${field}, or open a new session`,
  open_session: () => 'omit --session to open a new session',
  run_command: () => '`spoold exec` runs commands',
}

export const COMMAND_LINE_WORDING: ErrorWording = {
  field: (name) => FIELDS.get(name) ?? name,
  action: (action, field) => ACTIONS[action](field),
}
