/**
 * Every refusal and failure that a client can meet. The list is closed: each edge (MCP, HTTP, CLI) maps it once.
 */
export const ERROR_CODES = [
  'invalid_input',
  'task_not_found',
  'session_not_found',
  'session_ended',
  'session_busy',
  'no_question',
  'agent_unknown',
  'agent_missing',
  'launch_error',
  'too_many_tasks',
  'message_too_large',
  'working_directory_invalid',
  'idempotency_conflict',
  'forbidden',
  'unauthorized',
  'request_too_large',
  'not_found',
  'method_not_allowed',
  'malformed_request',
  'too_many_connections',
  'config_invalid',
  'state_directory_invalid',
  'storage_full',
  'storage_readonly',
  'storage_corrupt',
  'storage_newer',
  'storage_busy',
  'storage_failed',
  'daemon_already_running',
  'daemon_unreachable',
  'daemon_start_failed',
  'port_in_use',
  'shutting_down',
  'unsupported_platform',
  'internal',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

/** One sentence for a person that names the thing and the remedy, a code for a program, the cause for the log. */
export class SpoolError extends Error {
  override readonly name = 'SpoolError'
  readonly code: ErrorCode
  /** The input field or setting that is wrong, as the caller spells it. */
  readonly field: string | undefined

  constructor(code: ErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.field = options.field
  }
}

/** What is asked while the daemon stops; the next one can be asked the same. */
export function shuttingDown(): SpoolError {
  return new SpoolError('shutting_down', 'The daemon is stopping; ask again in a moment.')
}

/** What nobody foresaw, as its caller is told of it; the cause is for the log. */
export function internalError(cause: unknown): SpoolError {
  const sentence = "spoold met an error of its own; the daemon's log (daemon.log) has the details"
  return new SpoolError('internal', sentence, { cause })
}

export function taskNotFound(taskId: string): SpoolError {
  return new SpoolError(
    'task_not_found',
    `There is no task ${taskId}: the id is wrong, or the task is past its retention and was purged. kiro_task_list with include_done, or \`spoold ls --all\`, shows what is there.`,
    { field: 'task_id' },
  )
}

export function noQuestion(taskId: string): SpoolError {
  return new SpoolError(
    'no_question',
    `${taskId} does not wait for an answer to that: no question is open, or it was answered already. kiro_task_status tells whether one is open.`,
    { field: 'task_id' },
  )
}

export function otherQuestion(taskId: string, open: string, meant: string): SpoolError {
  return new SpoolError(
    'no_question',
    `The open question of ${taskId} is ${open}, not ${meant}: read it with kiro_task_status, then answer that one.`,
    { field: 'question_id' },
  )
}

export function sessionNotFound(sessionId: string): SpoolError {
  return new SpoolError(
    'session_not_found',
    `There is no session ${sessionId}; kiro_session_list tells which there are, and a start without session_id opens a new one.`,
    { field: 'session_id' },
  )
}
