import { ATTENDED_META } from '../domain/question.js'
import type { ChunkResult } from '../mcp/results/chunk.js'
import type { SessionResult } from '../mcp/results/session.js'
import type { StartResult } from '../mcp/results/start.js'
import type { StatusResult } from '../mcp/results/status.js'
import type { TaskDetailResult } from '../mcp/results/task.js'
import type { AgentListResult } from '../mcp/tools/agents-list.js'
import type { HistoryResult } from '../mcp/tools/history.js'
import type { PurgeResult } from '../mcp/tools/purge.js'
import type { SessionListResult } from '../mcp/tools/session-list.js'
import type { StatsResult } from '../mcp/tools/stats.js'
import type { CancelResult } from '../mcp/tools/task-cancel.js'
import type { TaskListResult } from '../mcp/tools/task-list.js'
import type { RespondResult } from '../mcp/tools/task-respond.js'
import type { SearchResult } from '../mcp/tools/task-search.js'
import { callTool } from './call-tool.js'
import type { DaemonConnection } from './daemon-connection.js'
import { followTask } from './follow.js'
import type {
  CallOptions,
  ExecInput,
  ListInput,
  PurgeInput,
  RespondInput,
  SearchInput,
  SessionInput,
  StartInput,
  StatusInput,
} from './inputs.js'

/** How long an ordinary call waits for a daemon that is being restarted. */
const PATIENCE_MS = 15_000
/** A cancel takes the kill grace and more; a wait is added. */
const RESPONSE_LIMIT_MS = 60_000

/**
 * The daemon's tools as methods, with the same field names. Every method throws the daemon's SpoolErrors, and
 * `daemon_unreachable`. A call waits for a daemon that is being restarted, and is sent again only if that does no harm
 * (starts carry an idempotency key).
 */
export class SpooldClient {
  readonly #connection: DaemonConnection

  constructor(connection: DaemonConnection) {
    this.#connection = connection
  }

  /**
   * Starts a task of a configured agent. `attended`: a person is there to be asked for permissions; only an operator
   * may say so.
   */
  async start(input: StartInput, { attended = false } = {}): Promise<StartResult> {
    return this.#call(
      'kiro_chat_async',
      { idempotency_key: await randomKey(), ...input },
      { waitMs: input.wait_ms, meta: attended ? { [ATTENDED_META]: true } : undefined },
    )
  }

  /** Runs any command as a task. Operator only. */
  async exec(input: ExecInput): Promise<StartResult> {
    return this.#call('spoold_exec', { idempotency_key: await randomKey(), ...input })
  }

  /**
   * The state of a task and its chunks from an index; waits up to `wait_ms` (default 20,000). Poll from
   * `next_chunk_index` until `is_done` to read every chunk.
   */
  status(input: StatusInput, options: CallOptions = {}): Promise<StatusResult> {
    return this.#call('kiro_task_status', input, { ...options, waitMs: input.wait_ms ?? 20_000 })
  }

  /** Resolves when no process of the task is left. */
  cancel(taskId: string): Promise<CancelResult> {
    return this.#call('kiro_task_cancel', { task_id: taskId })
  }

  /** Responds to the question of a task that is `input_required`; resolves when stored. Throws `no_question`. */
  respond(input: RespondInput): Promise<RespondResult> {
    return this.#call('kiro_task_respond', input, { repeatable: false })
  }

  list(input: ListInput = {}, options: CallOptions = {}): Promise<TaskListResult> {
    return this.#call('kiro_task_list', input, options)
  }

  /** Tasks whose message or output contains the words, best first; at most `limit`, and as many as fit. */
  search(input: SearchInput): Promise<SearchResult> {
    return this.#call('kiro_task_search', input)
  }

  /** One task by its id or a unique prefix, with up to `textBytes` of its text. Operator only. */
  show(idOrPrefix: string, textBytes = 0, options: CallOptions = {}): Promise<TaskDetailResult> {
    return this.#call('spoold_show', { task_id: idOrPrefix, text_bytes: textBytes }, options)
  }

  /** Operator only. */
  pin(taskId: string, pinned: boolean): Promise<TaskDetailResult> {
    return this.#call('spoold_pin', { task_id: taskId, pinned })
  }

  /** Operator only. */
  purge(input: PurgeInput = {}): Promise<PurgeResult> {
    return this.#call('spoold_purge', input, { repeatable: false, waitMs: 30 * 60_000 })
  }

  /** Statistics of the tasks created in the last `sinceSeconds`, default 30 days. Operator only. */
  stats(sinceSeconds?: number): Promise<StatsResult> {
    return this.#call('spoold_stats', { since_seconds: sinceSeconds })
  }

  createSession(input: SessionInput = {}): Promise<SessionResult> {
    return this.#call('kiro_session_create', input, { repeatable: false })
  }

  listSessions(): Promise<SessionListResult> {
    return this.#call('kiro_session_list', {})
  }

  endSession(sessionId: string): Promise<SessionResult> {
    return this.#call('kiro_session_end', { session_id: sessionId })
  }

  agents(): Promise<AgentListResult> {
    return this.#call('kiro_agents_list', {})
  }

  history(sessionId: string, limit = 10): Promise<HistoryResult> {
    return this.#call('kiro_history', { session_id: sessionId, limit })
  }

  /**
   * The chunks of a task from an index to the final one, once and in order, through restarts of the daemon. The return
   * value is the last status. Throws the signal's reason when it aborts, and `daemon_unreachable` if no daemon came back
   * for a minute; to resume, follow from the index after the last chunk.
   */
  follow(
    taskId: string,
    fromIndex = 0,
    options: CallOptions = {},
  ): AsyncGenerator<ChunkResult, StatusResult, undefined> {
    return followTask(this, taskId, fromIndex, options)
  }

  #call<Result>(
    tool: string,
    input: object,
    options: CallOptions & {
      repeatable?: boolean
      waitMs?: number | undefined
      meta?: Record<string, unknown> | undefined
    } = {},
  ): Promise<Result> {
    return callTool<Result>(this.#connection, tool, input, {
      repeatable: options.repeatable ?? true,
      patienceMs: options.patienceMs ?? PATIENCE_MS,
      responseLimitMs: RESPONSE_LIMIT_MS + (options.waitMs ?? 0),
      signal: options.signal,
      meta: options.meta,
    })
  }
}

/** Loaded only when a task is started: Node's crypto costs a quick command milliseconds. */
async function randomKey(): Promise<string> {
  const { randomUUID } = await import('node:crypto')
  return randomUUID()
}
