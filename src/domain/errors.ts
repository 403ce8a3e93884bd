/** JSON-RPC's error numbers. */
export const RPC = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
  /** The server's own range: a request refused before it reached a tool. */
  server: -32_000,
  /** MCP up to 2025-11-25; later revisions use invalidParams. */
  resourceNotFound: -32_002,
  missingClientCapability: -32_021,
} as const

/** What an error of one code means at each edge. */
interface ErrorClass {
  /** Exit code of a command that ends with it: 1 failed, 2 wrong usage, 3 daemon not reachable. */
  exitCode: 1 | 2 | 3
  /** HTTP status where the request is refused before it reaches a tool; null for an error that HTTP never carries. */
  httpStatus: number | null
  /** JSON-RPC error number; null for an error that is only seen on this machine. */
  rpcCode: number | null
  /** The same step can succeed later without any change to it. */
  retryable: boolean
}

const INPUT: ErrorClass = { exitCode: 2, httpStatus: null, rpcCode: RPC.invalidParams, retryable: false }
const TASK: ErrorClass = { ...INPUT, exitCode: 1 }
const STORAGE: ErrorClass = { exitCode: 3, httpStatus: null, rpcCode: RPC.internal, retryable: true }
const LOCAL: ErrorClass = { exitCode: 3, httpStatus: null, rpcCode: null, retryable: false }

function http(httpStatus: number, rest: Partial<ErrorClass> = {}): ErrorClass {
  return { exitCode: 1, httpStatus, rpcCode: RPC.server, retryable: false, ...rest }
}

/**
 * Every error a client can meet. The list is closed, and this table is the only place that says what a code means at an
 * edge: the command line, HTTP and JSON-RPC each read their column.
 */
export const ERRORS = {
  invalid_input: INPUT,
  task_not_found: INPUT,
  session_not_found: INPUT,
  session_ended: INPUT,
  session_busy: TASK,
  no_question: TASK,
  agent_unknown: INPUT,
  agent_missing: TASK,
  launch_error: TASK,
  too_many_tasks: TASK,
  message_too_large: INPUT,
  working_directory_invalid: INPUT,
  idempotency_conflict: INPUT,
  forbidden: http(403),
  unauthorized: http(401, { exitCode: 3 }),
  request_too_large: http(413, { exitCode: 2 }),
  not_found: http(404),
  method_not_allowed: http(405),
  malformed_request: http(400),
  too_many_connections: http(503, { exitCode: 3, retryable: true }),
  config_invalid: { ...LOCAL, exitCode: 2 },
  state_directory_invalid: LOCAL,
  storage_full: STORAGE,
  storage_readonly: STORAGE,
  storage_corrupt: { ...STORAGE, retryable: false },
  storage_newer: LOCAL,
  storage_busy: STORAGE,
  storage_failed: { ...STORAGE, exitCode: 1 },
  daemon_already_running: LOCAL,
  daemon_unreachable: LOCAL,
  daemon_start_failed: LOCAL,
  port_in_use: LOCAL,
  shutting_down: { exitCode: 3, httpStatus: null, rpcCode: RPC.internal, retryable: true },
  unsupported_platform: { ...LOCAL, exitCode: 1 },
  internal: { exitCode: 1, httpStatus: 500, rpcCode: RPC.internal, retryable: false },
} as const satisfies Record<string, ErrorClass>

export type ErrorCode = keyof typeof ERRORS
export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[]

/** A code received from another process; `internal` if this version does not know it. */
export function parseErrorCode(code: unknown): ErrorCode {
  return ERROR_CODES.find((known) => known === code) ?? 'internal'
}

/**
 * What the caller can do about an error. Each edge words it: the same action is a tool of MCP and a command of
 * `spoold`.
 */
export const ERROR_ACTIONS = [
  'list_tasks',
  'list_sessions',
  'list_agents',
  'read_from_start',
  'show_question',
  'show_task',
  'omit_field',
  'open_session',
  'run_command',
] as const
export type ErrorAction = (typeof ERROR_ACTIONS)[number]

export interface ErrorDetails {
  /** The input field or setting that is wrong, by its MCP or config name. */
  field?: string | undefined
  /** The problem is a predicate about the field: "must be …, got …". An edge puts its own name of the field before it. */
  isPredicate?: boolean | undefined
  action?: ErrorAction | undefined
  cause?: unknown
}

/**
 * An error with a code for programs and one sentence for people. `message` is the sentence in MCP's names of fields and
 * without the action; `wordError` gives the sentence of an edge.
 */
export class SpoolError extends Error {
  override readonly name = 'SpoolError'
  readonly code: ErrorCode
  readonly problem: string
  readonly field: string | undefined
  readonly isPredicate: boolean
  readonly action: ErrorAction | undefined

  constructor(code: ErrorCode, problem: string, details: ErrorDetails = {}) {
    const { field, isPredicate = false, action, cause } = details
    super(isPredicate ? `${field} ${problem}` : problem, cause === undefined ? undefined : { cause })
    this.code = code
    this.problem = problem
    this.field = field
    this.isPredicate = isPredicate
    this.action = action
  }
}

/** Key in `_meta` of an MCP error result: the error before it was worded, for a client with its own wording. */
export const ERROR_META = 'spoold/error'

/** How one edge names fields and actions. */
export interface ErrorWording {
  field(name: string): string
  /** A clause such as "kiro_task_list lists the tasks"; `field` is the edge's name of the field that is wrong. */
  action(action: ErrorAction, field: string): string
}

/** The sentence about an error in the words of an edge. */
export function wordError(
  { problem, field = '', isPredicate, action }: SpoolError,
  wording: ErrorWording,
): string {
  const label = wording.field(field)
  const sentence = isPredicate ? `${label} ${problem}` : problem
  return action === undefined ? sentence : `${sentence.replace(/\.$/, '')}; ${wording.action(action, label)}`
}

/** An input field with a wrong value: `predicate` reads as "must be …, got …". */
export function invalidField(field: string, predicate: string, action?: ErrorAction): SpoolError {
  return new SpoolError('invalid_input', predicate, { field, isPredicate: true, action })
}

/** Logs an unexpected failure; `what` says where it happened. */
export type LogFailure = (what: string, error: unknown) => void

/** A request that arrives while the daemon stops. */
export function shuttingDown(): SpoolError {
  return new SpoolError('shutting_down', 'The daemon is stopping; try again in a moment.')
}

/** An unexpected failure as its caller sees it; the cause goes to the log. */
export function internalError(cause: unknown): SpoolError {
  const sentence = 'Internal error; see daemon.log for the details.'
  return new SpoolError('internal', sentence, { cause })
}

export function taskNotFound(taskId: string): SpoolError {
  return new SpoolError(
    'task_not_found',
    `There is no task ${taskId}: the id is wrong, or the task was purged after its retention`,
    { field: 'task_id', action: 'list_tasks' },
  )
}

export function noQuestion(taskId: string): SpoolError {
  return new SpoolError('no_question', `${taskId} has no open question, or it was answered already`, {
    field: 'task_id',
    action: 'show_question',
  })
}

export function otherQuestion(taskId: string, open: string, given: string): SpoolError {
  return new SpoolError('no_question', `The open question of ${taskId} is ${open}, not ${given}`, {
    field: 'question_id',
    action: 'show_question',
  })
}

export function sessionNotFound(sessionId: string): SpoolError {
  return new SpoolError('session_not_found', `There is no session ${sessionId}`, {
    field: 'session_id',
    action: 'list_sessions',
  })
}
