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
 * What spoold does for a client, whatever the protocol. Refusals are SpoolErrors that name the field (as MCP spells
 * it) and the remedy; after a refusal the database is as before.
 */
export interface TaskService {
  start(request: StartRequest): Promise<{ task: Task; created: boolean }>
  /**
   * Chunks from an index; waits for new ones (or for the end) up to `waitMs`. `task_not_found`;
   * `invalid_input` at once where `from` is beyond the task's next index, which no answer ever named.
   */
  status(taskId: string, query: StatusQuery, signal?: AbortSignal): Promise<TaskProgress>
  /** Resolves when no process of the task is left. `task_not_found`. */
  cancel(taskId: string): Promise<CancelOutcome>
  /**
   * Answers the question of a task that is `input_required`. Resolves when the answer is stored: the agent gets it even
   * if the daemon is restarted now. `task_not_found`, `no_question`, `invalid_input` for what is no option of it.
   */
  respond(request: RespondRequest): Promise<{ task: Task; question: Question; optionId: string }>
  /** One task as it stands. `task_not_found`. */
  get(taskId: string): Promise<Task>
  /** Ids of tasks that begin with the prefix, newest first, at most `limit`. */
  findIds(prefix: string, limit: number): Promise<string[]>
  list(query: ListQuery): Promise<TaskPage>
  /**
   * Calls back after each change of the task (its chunks, its status, its being there at all), or with null after each
   * change of the list of tasks: one was created, started, asks a person, ended or was purged. Every call is a hint to
   * look again, comes after the commit, and comes as often as that: who watches has to space out what it does, and must
   * not throw. Ends with the signal. A task that is not there is watched in vain. `onStop` is called once when the daemon
   * ends all waits, at once where it has.
   */
  watch(taskId: string | null, onChange: () => void, signal: AbortSignal, onStop?: () => void): void
  createSession(request: SessionRequest): Promise<Session>
  listSessions(): Promise<Session[]>
  endSession(sessionId: string): Promise<Session>
  /** The configured agents, then the known ones that are not configured. What is told may be some seconds old. */
  agents(): Promise<NamedAgentReport[]>
  /** Names of the configured agents, at once. */
  agentNames(): string[]
  history(sessionId: string, limit: number): Promise<Exchange[]>
  /**
   * Tasks in whose message or output the words are found. `invalid_input`, `session_not_found`; where the signal aborts
   * its reason.
   */
  search(request: SearchRequest, signal: AbortSignal): Promise<SearchPage>
}

/** What the person at this machine may do beyond that; MCP clients may not. */
export interface OperatorService extends TaskService {
  /** Any command as a task. */
  exec(request: ExecRequest): Promise<{ task: Task; created: boolean }>
  /** One task by its id or the unique beginning of it, with its first `textBytes` of text. */
  show(idOrPrefix: string, textBytes: number): Promise<{ task: Task; text: string }>
  setPinned(taskId: string, pinned: boolean): Promise<Task>
  /** Without `olderThanMs`: what is past its own time. With it: whatever ended that long ago. */
  purge(request: { olderThanMs?: number | undefined; dryRun: boolean }): Promise<PurgeCount>
  /** Over the tasks that were created since so long ago. */
  stats(sinceMs: number): Promise<Stats>
}

export interface StartRequest {
  message: string
  sessionId?: string | undefined
  agent?: string | undefined
  model?: string | undefined
  workingDirectory?: string | undefined
  ttlMs?: number | undefined
  /** Where `ttlMs` is not given: keeps the task so long at least, and as long as is configured. */
  minTtlMs?: number | undefined
  timeoutMs?: number | undefined
  priority?: number | undefined
  idempotencyKey?: string | undefined
  /** A person is there to be asked for permissions, where the agent's settings do not say otherwise. */
  attended?: boolean | undefined
}

export interface RespondRequest {
  taskId: string
  /** The option's id, or instead its name or meaning as a person would write it. */
  option?: string | undefined
  text?: string | undefined
  /** Refuses the answer when another question is open by now. */
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
  /** First chunk index wanted. */
  from: number
  waitMs: number
  waitFor: 'output' | 'done'
  /** Bound for the contents of the chunks; one chunk is given at least. */
  maxBytes: number
}

export interface TaskProgress {
  task: TaskOutline
  chunks: Chunk[]
  /** The cursor for the next call. */
  nextChunkIndex: number
  /** There are more chunks already than the bound allowed. */
  hasMore: boolean
  /** The text of a completed task, where it is at most `maxBytes`. */
  result: string | null
}

export interface CancelOutcome {
  task: Task
  /** False when the task had ended before. */
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
  /** As SearchQuery has them. */
  words: string
  sessionId?: string | undefined
  agent?: string | undefined
  /** Only tasks created since so long ago. */
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
  /** Only a configured agent can be started. */
  configured: boolean
}
