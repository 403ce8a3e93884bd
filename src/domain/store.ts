import type { Stream } from './adapter.js'
import type { Chunk, Piece } from './chunk.js'
import type { Json } from './json.js'
import type { PermissionPolicy } from './permission-policy.js'
import type { ProcessIdentity } from './processes.js'
import type { Question, QuestionResponse } from './question.js'
import type { SearchPage, SearchQuery } from './search.js'
import type { Exchange, Session } from './session.js'
import type { Stats } from './stats.js'
import type { EndedTask, EndReason, StopReason, Task, TaskOutline, TaskStatus } from './task.js'

/**
 * The database, as the rest of spoold sees it. Every method is one atomic step: when its promise resolves, the change is
 * durable; when it rejects, nothing has changed. Times are in ms since 1970.
 *
 * Rejects with SpoolError: the codes named at each method, and from any of them `storage_full`, `storage_readonly`,
 * `storage_corrupt`, `storage_busy` or `storage_failed`.
 */
export interface TaskStore {
  createSession(session: NewSession): Promise<Session>
  getSession(sessionId: string): Promise<Session | undefined>
  /** Most recently used first. */
  listSessions(limit: number): Promise<Session[]>
  /** `session_not_found`; `session_busy` while one of its tasks is active. Ending twice is no error. */
  endSession(sessionId: string, at: number): Promise<Session>
  /**
   * The last `limit` messages with their answers, oldest first; each answer is cut to `answerBytes` of UTF-8.
   * `session_not_found`.
   */
  history(sessionId: string, limit: number, answerBytes: number): Promise<Exchange[]>

  /**
   * Inserts a task, or returns the existing one with the same idempotency key (`created` is false). The caller checks
   * that the existing task is from the same request. `too_many_tasks` if `maxActive` tasks are active,
   * `session_not_found`, `session_ended`, `invalid_input`.
   */
  createTask(task: NewTask, maxActive: number): Promise<{ task: Task; created: boolean }>
  getTask(taskId: string): Promise<Task | undefined>
  /** The task without its message, so that frequent polls do not read a large message. */
  getOutline(taskId: string): Promise<TaskOutline | undefined>
  /** The task with this idempotency key; undefined if there is none or it was purged. */
  findTaskByKey(idempotencyKey: string): Promise<Task | undefined>
  /** Ids that start with the prefix, newest first, at most `limit`. */
  findTaskIds(prefix: string, limit: number): Promise<string[]>
  listTasks(filter: TaskFilter): Promise<TaskPage>
  countActive(): Promise<number>
  /** A task and its chunks, read in one snapshot. Undefined for an unknown task. */
  readChunks(taskId: string, range: ChunkRange): Promise<ChunkPage | undefined>
  /** The text chunks joined, at most `maxBytes` of UTF-8, cut at a character. */
  readText(taskId: string, maxBytes: number): Promise<string>
  /** `task_not_found`. */
  setPinned(taskId: string, pinned: boolean): Promise<Task>

  /**
   * Claims the next pending task (highest priority, then oldest; no other task of its session is running, its agent is
   * not in `exceptAgents`) and starts a new attempt. Undefined if there is none.
   */
  claimNext(claim: { at: number; token: string; exceptAgents: string[] }): Promise<Run | undefined>
  /** Stores the first decoder state, before the process is started. */
  announceLaunch(run: AttemptKey, decoderState: Json): Promise<void>
  /** Stores the identity of the started process, with the first chunks. */
  recordProcess(run: AttemptKey, identity: ProcessIdentity, pieces: Piece[], at: number): Promise<void>
  /** Makes a task pending again whose attempt never started a process. */
  releaseClaim(run: AttemptKey): Promise<void>
  /** Stores chunks, offsets and decoder state together. Rejects if another attempt owns the task or the task has ended. */
  append(append: Append): Promise<void>
  /**
   * Stores a person's response to the open question of a task; a first response is never replaced. `task_not_found`;
   * `no_question` if none is open, another one is, or it already has a response.
   */
  recordResponse(taskId: string, response: QuestionResponse): Promise<Task>
  /** Stores why a task is about to be stopped and resolves with the reason, the first one if there are several. Undefined if the task has ended. */
  requestStop(taskId: string, reason: StopReason): Promise<StopReason | undefined>
  /** Stores the last chunks, the final chunk and the terminal status. A task that has ended is returned unchanged. */
  finish(finish: Finish): Promise<EndedTask>
  /**
   * Every running task, as of its last commit, and every pending task whose stop was requested before the daemon
   * died.
   */
  activeRuns(): Promise<Run[]>

  /**
   * Indexes one small piece of text, each exactly once: messages of all tasks, text and errors of ended ones. `done` if
   * nothing is left.
   */
  indexStep(): Promise<{ done: boolean }>
  /**
   * Tasks whose indexed text contains the words, read in one snapshot. Yields to other work. `session_not_found`;
   * `invalid_input` for a query without words; the reason of the signal if it aborts.
   */
  search(query: SearchQuery, signal: AbortSignal): Promise<SearchPage>
  /** Statistics of all tasks created at or after this time. */
  stats(createdSince: number): Promise<Stats>

  /** Counts what a purge at `cutoff` would delete. */
  countPurgeable(cutoff: PurgeCutoff): Promise<PurgeCount>
  /**
   * Deletes a small batch, from the search index too, and records in the same commit what this purge has deleted so far.
   * `done` if nothing is left.
   */
  purgeStep(cutoff: PurgeCutoff, purge: PurgeRun): Promise<PurgeStep>
  /** Returns a few free pages to the file system; `done` if none are left. */
  reclaimStep(): Promise<{ done: boolean }>

  close(): void
}

export interface NewSession {
  id: string
  agent: string
  workingDirectory: string
  at: number
}

export interface NewTask {
  id: string
  /** The id of an existing session, or the session to create with the task. */
  session: { existing: string } | { open: NewSession }
  agent: string
  model: string | null
  message: string
  argv: string[] | null
  workingDirectory: string
  priority: number
  idempotencyKey: string | null
  ttlMs: number
  timeoutMs: number | null
  stallMs: number | null
  permissions: PermissionPolicy
  at: number
}

export interface TaskFilter {
  sessionId?: string | undefined
  status?: TaskStatus | undefined
  includeEnded: boolean
  limit: number
  /** `nextCursor` of the previous page. */
  cursor?: string | undefined
}

export interface TaskPage {
  tasks: Task[]
  nextCursor: string | null
}

export interface ChunkRange {
  /** First index wanted. */
  from: number
  /** Limit for the contents together, bytes of UTF-8; at least one chunk is returned. */
  maxBytes: number
}

export interface ChunkPage {
  task: TaskOutline
  chunks: Chunk[]
}

export interface AttemptKey {
  taskId: string
  attempt: number
}

/** A running task, with everything that another daemon needs to continue it. */
export interface Run extends AttemptKey {
  task: Task
  token: string
  /** Null until the process is recorded. */
  identity: ProcessIdentity | null
  agentSessionId: string | null
  offsets: Record<Stream, number>
  decoderState: Json
  stopReason: StopReason | null
  /** A person's response to the open question; null if there is none, or once it was passed on to the agent. */
  response: QuestionResponse | null
}

export interface Append extends AttemptKey {
  /** Index of the first piece; the append is rejected if the database has another number of chunks. */
  expectedIndex: number
  pieces: Piece[]
  offsets: Record<Stream, number>
  decoderState: Json
  /** The open question; null for none, undefined leaves it unchanged. */
  question?: Question | null | undefined
  at: number
}

export interface Finish extends AttemptKey {
  /** Chunks before the final one. */
  pieces: Piece[]
  finalPiece: Piece
  outcome:
    | { status: 'completed'; exitCode: number | null }
    | { status: 'failed'; endReason: Exclude<EndReason, 'cancelled'>; error: string; exitCode: number | null }
    | { status: 'cancelled'; exitCode: number | null }
  /** Stored with the session unless it is null. */
  agentSessionId: string | null
  at: number
}

export interface PurgeCutoff {
  /** Ended tasks that expired at or before this. */
  expiredAt: number
  /** Instead of the tasks' own expiry: all that ended at or before this. */
  endedAt?: number | undefined
  /** Sessions without tasks, last used at or before this. */
  sessionsUnusedSince: number
}

export interface PurgeRun {
  startedAt: number
  /** Time of this step. */
  at: number
  /** `schedule`, or `person` for `spoold purge`. */
  trigger: 'schedule' | 'person'
  /** `record` of the previous step; null for the first one. */
  record: number | null
}

export interface PurgeStep extends PurgeCount {
  done: boolean
  /** Id of the record of this purge; null until it has deleted something. */
  record: number | null
}

export interface PurgeCount {
  tasks: number
  chunks: number
  bytes: number
  sessions: number
}
