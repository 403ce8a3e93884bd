import type { AgentReport } from './adapter.js'
import type { Chunk } from './chunk.js'
import type { Question } from './question.js'
import type { SearchPage } from './search.js'
import type { Exchange, Session } from './session.js'
import type { Stats } from './stats.js'
import type { PurgeCount, TaskPage } from './store.js'
import type { Task, TaskOutline, TaskStatus } from './task.js'

/** Who makes a request: an MCP client, or the person at this machine by the command line. */
export type Caller = 'client' | 'operator'

/**
 * What spoold does for a client, independent of any protocol. Errors are SpoolErrors that name the field (as MCP spells
 * it) and the remedy; a call that throws has changed nothing.
 */
export interface TaskService {
  start(request: StartRequest): Promise<{ task: Task; created: boolean }>
  /**
   * The chunks from an index, after waiting up to `waitMs` for new ones or for the end. Throws `task_not_found`, and at
   * once `invalid_input` if `from` is beyond the next index of the task.
   */
  status(taskId: string, query: StatusQuery, signal?: AbortSignal): Promise<TaskProgress>
  /** Resolves when no process of the task is left. Throws `task_not_found`. */
  cancel(taskId: string): Promise<CancelOutcome>
  /**
   * Responds to the question of a task that is `input_required`. Resolves when the response is stored: from then on the
   * agent gets it even if the daemon restarts. Throws `task_not_found`, `no_question`, or `invalid_input` if the
   * response is not one of the options.
   */
  respond(request: RespondRequest): Promise<{ task: Task; question: Question; optionId: string }>
  /** The current state of one task. Throws `task_not_found`. */
  get(taskId: string): Promise<Task>
  /** Task ids that begin with the prefix, newest first, at most `limit`. */
  findIds(prefix: string, limit: number): Promise<string[]>
  list(query: ListQuery): Promise<TaskPage>
  /**
   * Calls `onChange` after each change of a task (its chunks or status; or its removal), or with null after each change
   * of the list of tasks: one was created or started, asks a question, ended or was purged. A call comes after the commit
   * and only means that something may have changed. Calls can be frequent, so the watcher limits its own work; it must
   * not throw. The signal ends the watch. An unknown task never changes. `onStop` is called once when the daemon ends all
   * waits, or at once if it has done so.
   */
  watch(taskId: string | null, onChange: () => void, signal: AbortSignal, onStop?: () => void): void
  createSession(request: SessionRequest): Promise<Session>
  listSessions(): Promise<Session[]>
  endSession(sessionId: string): Promise<Session>
  /** The configured agents, then known agents that are not configured. The reports may be a few seconds old. */
  agents(): Promise<NamedAgentReport[]>
  /** Names of the configured agents. */
  agentNames(): string[]
  history(sessionId: string, limit: number): Promise<Exchange[]>
  /**
   * Tasks whose message or output contains the words. Throws `invalid_input`, `session_not_found`, or the reason of the
   * signal when it aborts.
   */
  search(request: SearchRequest, signal: AbortSignal): Promise<SearchPage>
}

/** What only the person at this machine can do in addition; MCP clients cannot. */
export interface OperatorService extends TaskService {
  /** Runs any command as a task. */
  exec(request: ExecRequest): Promise<{ task: Task; created: boolean }>
  /** One task by its id or the unique beginning of its id, with the first `textBytes` of its text. */
  show(idOrPrefix: string, textBytes: number): Promise<{ task: Task; text: string }>
  setPinned(taskId: string, pinned: boolean): Promise<Task>
  /** Purges what is past its own time; with `olderThanMs` instead every task that ended at least that long ago. */
  purge(request: { olderThanMs?: number | undefined; dryRun: boolean }): Promise<PurgeCount>
  /** Statistics of the tasks that were created within the last `sinceMs`. */
  stats(sinceMs: number): Promise<Stats>
}

export interface StartRequest {
  message: string
  sessionId?: string | undefined
  agent?: string | undefined
  model?: string | undefined
  workingDirectory?: string | undefined
  ttlMs?: number | undefined
  /** Without `ttlMs`: the shortest time to keep the task, if the configured one is shorter. */
  minTtlMs?: number | undefined
  timeoutMs?: number | undefined
  priority?: number | undefined
  idempotencyKey?: string | undefined
  /** A person can be asked for permissions, unless the agent's settings say otherwise. */
  attended?: boolean | undefined
}

export interface RespondRequest {
  taskId: string
  /** The id of the option. Alternatively `text`: its label or meaning, as a person writes it. */
  option?: string | undefined
  text?: string | undefined
  /** Makes the response an error if another question is open by now. */
  questionId?: string | undefined
}

export interface ExecRequest {
  argv: string[]
  workingDirectory?: string | undefined
  ttlMs?: number | undefined
  timeoutMs?: number | undefined
  idempotencyKey?: string | undefined
}

export interface StatusQuery {
  /** Index of the first chunk to return. */
  from: number
  waitMs: number
  waitFor: 'output' | 'done'
  /** Limit for the contents of the chunks together; at least one chunk is returned. */
  maxBytes: number
}

export interface TaskProgress {
  task: TaskOutline
  chunks: Chunk[]
  /** The cursor for the next call. */
  nextChunkIndex: number
  /** More chunks exist than fit into the limit. */
  hasMore: boolean
  /** The text of a completed task, if it is at most `maxBytes`; else null. */
  result: string | null
}

export interface CancelOutcome {
  task: Task
  /** False if the task had ended before. */
  cancelled: boolean
}

export interface ListQuery {
  sessionId?: string | undefined
  includeDone: boolean
  status?: TaskStatus | undefined
  limit: number
  cursor?: string | undefined
}

export interface SearchRequest {
  /** See SearchQuery. */
  words: string
  sessionId?: string | undefined
  agent?: string | undefined
  /** Only tasks that were created within this time. */
  sinceMs?: number | undefined
  limit: number
}

export interface SessionRequest {
  agent?: string | undefined
  workingDirectory?: string | undefined
}

export interface NamedAgentReport extends AgentReport {
  name: string
  kind: string
  isDefault: boolean
  /** Only configured agents can be started. */
  configured: boolean
}
