import type { TaskStatus } from '../domain/task.js'
import type { Detail } from '../mcp/results/status.js'

/* Inputs of the methods, with the field names of the tools. Times are in ms or seconds, as the name says. */

export interface StartInput {
  message: string
  session_id?: string | undefined
  agent?: string | undefined
  model?: string | undefined
  working_directory?: string | undefined
  ttl_seconds?: number | undefined
  timeout_seconds?: number | undefined
  priority?: number | undefined
  /** Default: a random one. */
  idempotency_key?: string
  /** How long to wait for the end of a short task, ms. */
  wait_ms?: number | undefined
}

export interface ExecInput {
  /** The program and its arguments. */
  argv: string[]
  working_directory?: string | undefined
  ttl_seconds?: number | undefined
  timeout_seconds?: number | undefined
  /** Default: a random one. */
  idempotency_key?: string
}

export interface StatusInput {
  task_id: string
  from_chunk_index?: number | undefined
  /** At most 50,000. */
  wait_ms?: number | undefined
  wait_for?: 'output' | 'done' | undefined
  /** Bound in bytes for the result beyond its first chunk, 10,000 by default. */
  max_bytes?: number | undefined
  detail?: Detail | undefined
}

export interface RespondInput {
  task_id: string
  /** An option_id of the question. */
  option?: string | undefined
  /** Instead: the name of an option, or yes or no. */
  text?: string | undefined
  /** The call fails if another question is open by now. */
  question_id?: string | undefined
}

export interface ListInput {
  session_id?: string | undefined
  include_done?: boolean | undefined
  status?: TaskStatus | undefined
  limit?: number | undefined
  cursor?: string | undefined
}

export interface SearchInput {
  query: string
  session_id?: string | undefined
  agent?: string | undefined
  /** Only tasks created in the last so many seconds. */
  since_seconds?: number | undefined
  /** Maximum number of tasks, default 10. */
  limit?: number | undefined
  /** Bound for the result in bytes, default 10,000: snippets are shortened, then tasks left out. */
  max_bytes?: number | undefined
}

export interface SessionInput {
  agent?: string | undefined
  working_directory?: string | undefined
}

export interface PurgeInput {
  older_than_seconds?: number | undefined
  dry_run?: boolean | undefined
}

export interface CallOptions {
  signal?: AbortSignal | undefined
  /** How long to wait for an absent daemon, ms. */
  patienceMs?: number | undefined
}
