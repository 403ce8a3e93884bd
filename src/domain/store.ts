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
 * What the rest of spoold asks of a database. Every method is one atomic step: it happened and is durable when its
 * promise resolves, or it rejects and nothing changed. No SQL and no transaction leaves the implementation.
 *
 * Rejections: SpoolError with the codes named at each method, and `storage_full`, `storage_readonly`,
 * `storage_corrupt`, `storage_busy` or `storage_failed` from any of them.
 */
export interface TaskStore {
  createSession(session: NewSession): Promise<Session>
  getSession(sessionId: string): Promise<Session | undefined>
  /** Newest use first. */
  listSessions(limit: number): Promise<Session[]>
  /** `session_not_found`; `session_busy` while a task of it is active. Ending twice is no error. */
  endSession(sessionId: string, at: number): Promise<Session>
  /** Messages and answers, oldest first: the newest `limit` of them. `session_not_found`. */
  history(sessionId: string, limit: number, answerBytes: number): Promise<Exchange[]>

  /**
   * Gives the task that has the idempotency key; where none has it, checks the room for one more active task and the
   * session, then inserts. Whether the task that is there is of the same request is for the caller to say.
   * `too_many_tasks`, `session_not_found`, `session_ended`, `invalid_input`.
   */
  createTask(task: NewTask, maxActive: number): Promise<{ task: Task; created: boolean }>
  getTask(taskId: string): Promise<Task | undefined>
  /** The task without its message, whatever its size: for who asks often. */
  getOutline(taskId: string): Promise<TaskOutline | undefined>
  /** The task with this idempotency key; undefined where there is none, or it was purged. */
  findTaskByKey(idempotencyKey: string): Promise<Task | undefined>
  /** Ids that start with the prefix, newest first, at most `limit`. */
  findTaskIds(prefix: string, limit: number): Promise<string[]>
  listTasks(filter: TaskFilter): Promise<TaskPage>
  countActive(): Promise<number>
  /** Task and chunks of one instant. Undefined for an unknown task. */
  readChunks(taskId: string, range: ChunkRange): Promise<ChunkPage | undefined>
  /** The text chunks joined, at most `maxBytes` of UTF-8, cut at a character. */
  readText(taskId: string, maxBytes: number): Promise<string>
  /** `task_not_found`. */
  setPinned(taskId: string, pinned: boolean): Promise<Task>

  /**
   * Takes the pending task that is next (highest priority, then oldest, whose session has no running task and whose
   * agent is not in `exceptAgents`) and makes it running under a new attempt. Undefined when there is none.
   */
  claimNext(claim: { at: number; token: string; exceptAgents: string[] }): Promise<Run | undefined>
  /** Before the process is started: the decoder state it will need. */
  announceLaunch(run: AttemptKey, decoderState: Json): Promise<void>
  /** After it was started: who it is, with the first chunks. */
  recordProcess(run: AttemptKey, identity: ProcessIdentity, pieces: Piece[], at: number): Promise<void>
  /** The attempt never started a process: back to pending. */
  releaseClaim(run: AttemptKey): Promise<void>
  /** Chunks, offsets and decoder state together. Rejects when another attempt owns the task or it has ended. */
  append(append: Append): Promise<void>
  /**
   * Writes down what a person answered to the task's open question; the first answer stays. `task_not_found`;
   * `no_question` when none is open, another one is, or it was answered already.
   */
  recordResponse(taskId: string, answer: QuestionResponse): Promise<Task>
  /** Writes down why the task is about to be stopped; the first reason stays. Undefined if it has ended. */
  requestStop(taskId: string, reason: StopReason): Promise<StopReason | undefined>
  /** Last chunks, final chunk and terminal status. An ended task is returned unchanged. */
  finish(finish: Finish): Promise<EndedTask>
  /**
   * Every task that is under way, as the last commit left it, and every pending one that was to be
   * stopped when the daemon died.
   */
  activeRuns(): Promise<Run[]>

  /**
   * Makes a small piece of what was asked and said searchable, each exactly once: messages of all tasks, text and errors of
   * those that have ended. `done` when nothing is left to do.
   */
  indexStep(): Promise<{ done: boolean }>
  /**
   * Tasks in whose searchable text the words are found, as of one instant; others have their turn meanwhile.
   * `session_not_found`, `invalid_input` for a query without words; where the signal aborts its reason.
   */
  search(query: SearchQuery, signal: AbortSignal): Promise<SearchPage>
  /** Over all tasks created at or after this, ms since 1970. */
  stats(createdSince: number): Promise<Stats>

  /** What a purge at `cutoff` would take. */
  countPurgeable(cutoff: PurgeCutoff): Promise<PurgeCount>
  /**
   * Takes a small bite, which is not found any more either, and writes down in the same commit what this purge has taken so
   * far; `done` when nothing is left to take.
   */
  purgeStep(cutoff: PurgeCutoff, purge: PurgeRun): Promise<PurgeStep>
  /** Gives free pages back to the file system, a few at a time; `done` when none are left. */
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
  /** An existing session by id, or the one to open with the task. */
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
  /** As given by the page before. */
  cursor?: string | undefined
}

export interface TaskPage {
  tasks: Task[]
  nextCursor: string | null
}

export interface ChunkRange {
  /** First index wanted. */
  from: number
  /** Stops before the contents are larger than this, but gives one chunk at least. */
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

/** A task under execution, with all that another daemon needs to go on with it. */
export interface Run extends AttemptKey {
  task: Task
  token: string
  /** Null between the claim and the record of the process. */
  identity: ProcessIdentity | null
  agentSessionId: string | null
  offsets: Record<Stream, number>
  decoderState: Json
  stopReason: StopReason | null
  /** What a person said to the open question; null while nobody did, or once the agent's side has it. */
  answer: QuestionResponse | null
}

export interface Append extends AttemptKey {
  /** Index of the first piece; a different count of chunks in the database rejects the append. */
  expectedIndex: number
  pieces: Piece[]
  offsets: Record<Stream, number>
  decoderState: Json
  /** What the agent asks for now; null for nothing, undefined leaves it as it is. */
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
  /** Remembered on the session where it is not null. */
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
  /** What asked for it: `schedule`, or `person` for `spoold purge`. */
  trigger: 'schedule' | 'person'
  /** As the step before gave it; null for the first one. */
  record: number | null
}

export interface PurgeStep extends PurgeCount {
  done: boolean
  /** Where this purge is written down; null while it has taken nothing. */
  record: number | null
}

export interface PurgeCount {
  tasks: number
  chunks: number
  bytes: number
  sessions: number
}
