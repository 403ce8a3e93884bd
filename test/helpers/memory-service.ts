import { setTimeout as sleep } from 'node:timers/promises'
import type { Chunk, ChunkKind } from '../../src/domain/chunk.js'
import { noQuestion, SpoolError } from '../../src/domain/errors.js'
import type { Question } from '../../src/domain/question.js'
import type { OperatorService, StartRequest, StatusQuery, TaskProgress } from '../../src/domain/service.js'
import type { Session } from '../../src/domain/session.js'
import { isEnded, type Task, type TaskState } from '../../src/domain/task.js'

/** The time of everything in a memory service, so that results can be compared. */
export const NOON = Date.parse('2026-01-02T12:00:00Z')

export interface MemoryService extends OperatorService {
  /** Names of the methods that were called, in order. */
  calls: string[]
  /** Requests to `start`. */
  started: StartRequest[]
  /** Queries of `status`, and whether their wait was aborted. */
  waits: { query: StatusQuery; aborted: boolean }[]
  print(taskId: string, kind: ChunkKind, content: string): void
  complete(taskId: string, exitCode?: number): void
  fail(taskId: string, error: string): void
  /** Makes the agent ask a question. */
  ask(taskId: string, question: Question): void
  /** Makes the next call of any method reject. */
  failNext(error: unknown): void
}

interface Entry {
  task: Task
  chunks: Chunk[]
}

/**
 * An OperatorService without database and processes, for tests of the layers above it: schemas, validation, budgets. The
 * test prints the chunks and ends the tasks.
 */
export function memoryService(): MemoryService {
  const entries = new Map<string, Entry>()
  const byKey = new Map<string, string>()
  const sessions = new Map<string, Session>()
  const watchers = new Set<{ taskId: string | null; onChange: () => void }>()
  let nextFailure: { error: unknown } | undefined

  function notify(taskId: string | null): void {
    for (const watcher of watchers) if (watcher.taskId === taskId) watcher.onChange()
  }

  function recordCall(name: string): void {
    service.calls.push(name)
    const failure = nextFailure
    nextFailure = undefined
    if (failure !== undefined) throw failure.error
  }

  function find(taskId: string): Entry {
    const entry = entries.get(taskId)
    if (entry === undefined) {
      throw new SpoolError('task_not_found', `There is no task ${taskId}; list the tasks`, {
        field: 'task_id',
      })
    }
    return entry
  }

  function findSession(sessionId: string): Session {
    const session = sessions.get(sessionId)
    if (session === undefined) {
      throw new SpoolError('session_not_found', `There is no session ${sessionId}`, { field: 'session_id' })
    }
    return session
  }

  function openSession(agent: string, workingDirectory: string): Session {
    const id = `session-${sessions.size + 1}`
    const session = {
      id,
      agent,
      workingDirectory,
      agentSessionId: null,
      createdAt: NOON,
      lastUsedAt: NOON,
      endedAt: null,
      taskCount: 0,
    }
    sessions.set(id, session)
    return session
  }

  function append(entry: Entry, kind: ChunkKind, content: string, isFinal: boolean): void {
    const size = Buffer.byteLength(content)
    entry.chunks.push({ index: entry.chunks.length, kind, content, at: NOON, isFinal })
    entry.task.chunkCount += 1
    entry.task.bytes += size
    if (kind === 'text') entry.task.textBytes += size
    entry.task.lastOutputAt = NOON
    notify(entry.task.id)
  }

  function setState(entry: Entry, state: TaskState): void {
    entry.task = { ...entry.task, ...state } as Task
    notify(entry.task.id)
    notify(null)
  }

  function create(request: StartRequest, argv: string[] | null): { task: Task; created: boolean } {
    const existing = request.idempotencyKey === undefined ? undefined : byKey.get(request.idempotencyKey)
    if (existing !== undefined) return { task: find(existing).task, created: false }
    const session =
      request.sessionId === undefined
        ? openSession(request.agent ?? 'kiro', request.workingDirectory ?? '/tmp')
        : findSession(request.sessionId)
    session.taskCount += 1
    const task: Task = {
      id: `task-${entries.size + 1}`,
      sessionId: session.id,
      agent: session.agent,
      model: request.model ?? null,
      message: request.message,
      argv,
      workingDirectory: session.workingDirectory,
      priority: request.priority ?? 0,
      idempotencyKey: request.idempotencyKey ?? null,
      pinned: false,
      ttlMs: request.ttlMs ?? 604_800_000,
      timeoutMs: request.timeoutMs ?? null,
      stallMs: null,
      permissions: 'deny',
      createdAt: NOON,
      attempt: 1,
      chunkCount: 0,
      bytes: 0,
      textBytes: 0,
      lastOutputAt: null,
      status: 'streaming',
      startedAt: NOON,
    }
    entries.set(task.id, { task, chunks: [] })
    if (request.idempotencyKey !== undefined) byKey.set(request.idempotencyKey, task.id)
    notify(null)
    return { task, created: true }
  }

  function read(entry: Entry, query: StatusQuery): TaskProgress {
    const chunks: Chunk[] = []
    let size = 0
    for (const chunk of entry.chunks.slice(query.from)) {
      size += Buffer.byteLength(chunk.content)
      if (size > query.maxBytes && chunks.length > 0) break
      chunks.push(chunk)
    }
    const nextChunkIndex = query.from + chunks.length
    const text = entry.chunks.map((chunk) => (chunk.kind === 'text' ? chunk.content : '')).join('')
    return {
      task: { ...entry.task },
      chunks,
      nextChunkIndex,
      hasMore: nextChunkIndex < entry.chunks.length,
      result: entry.task.status === 'completed' && Buffer.byteLength(text) <= query.maxBytes ? text : null,
    }
  }

  const service: MemoryService = {
    calls: [],
    started: [],
    waits: [],
    print: (taskId, kind, content) => append(find(taskId), kind, content, false),
    complete(taskId, exitCode = 0) {
      const entry = find(taskId)
      append(entry, 'notice', '', true)
      setState(entry, {
        status: 'completed',
        endReason: 'exit',
        startedAt: NOON,
        completedAt: NOON + 1500,
        expiresAt: NOON + 9000,
        exitCode,
      })
    },
    fail(taskId, error) {
      const entry = find(taskId)
      append(entry, 'error', `\nError: ${error}`, true)
      setState(entry, {
        status: 'failed',
        endReason: 'exit',
        error,
        startedAt: NOON,
        completedAt: NOON + 1500,
        expiresAt: NOON + 9000,
        exitCode: 3,
      })
    },
    ask(taskId, question) {
      setState(find(taskId), { status: 'input_required', startedAt: NOON, question })
    },
    failNext(error) {
      nextFailure = { error }
    },

    async start(request) {
      recordCall('start')
      service.started.push(request)
      return create(request, null)
    },
    async exec(request) {
      recordCall('exec')
      return create({ ...request, message: request.argv.join(' '), agent: 'exec' }, request.argv)
    },
    async status(taskId, query, signal) {
      recordCall('status')
      const entry = find(taskId)
      if (query.from > entry.chunks.length) {
        const sentence = `from_chunk_index ${query.from} is beyond the task's next chunk, ${entry.chunks.length}`
        throw new SpoolError('invalid_input', sentence, { field: 'from_chunk_index' })
      }
      const wait = { query, aborted: false }
      service.waits.push(wait)
      const until = Date.now() + query.waitMs
      const isReady = () =>
        isEnded(entry.task) || (query.waitFor === 'output' && entry.chunks.length > query.from)
      while (!isReady() && Date.now() < until) {
        if (signal?.aborted) {
          wait.aborted = true
          break
        }
        await sleep(5)
      }
      return read(entry, query)
    },
    async cancel(taskId) {
      recordCall('cancel')
      const entry = find(taskId)
      if (isEnded(entry.task)) return { task: entry.task, cancelled: false }
      append(entry, 'notice', '\nCancelled.', true)
      setState(entry, {
        status: 'cancelled',
        endReason: 'cancelled',
        startedAt: NOON,
        completedAt: NOON + 10,
        expiresAt: NOON + 20,
        exitCode: 143,
      })
      return { task: entry.task, cancelled: true }
    },
    async respond({ taskId, option, text, questionId }) {
      recordCall('respond')
      const { task } = find(taskId)
      if (task.status !== 'input_required') throw noQuestion(taskId)
      const { question } = task
      if (questionId !== undefined && questionId !== question.id) throw noQuestion(taskId)
      const chosen = question.options.find(({ id, label }) => id === option || label === text)
      if (!chosen)
        throw new SpoolError('invalid_input', 'option is not one of the options', { field: 'option' })
      return { task: { ...task }, question, optionId: chosen.id }
    },
    async get(taskId) {
      recordCall('get')
      return { ...find(taskId).task }
    },
    async findIds(prefix, limit) {
      recordCall('findIds')
      const ids = [...entries.keys()].filter((id) => id.startsWith(prefix))
      return ids.reverse().slice(0, limit)
    },
    watch(taskId, onChange, signal) {
      recordCall('watch')
      if (signal.aborted) return
      const watcher = { taskId, onChange }
      watchers.add(watcher)
      signal.addEventListener('abort', () => watchers.delete(watcher), { once: true })
    },
    async list(query) {
      recordCall('list')
      const tasks = [...entries.values()]
        .reverse()
        .map((entry) => entry.task)
        .filter((task) => query.sessionId === undefined || task.sessionId === query.sessionId)
        .filter((task) =>
          query.status === undefined ? query.includeDone || !isEnded(task) : task.status === query.status,
        )
      return { tasks: tasks.slice(0, query.limit), nextCursor: tasks.length > query.limit ? 'next' : null }
    },
    async createSession(request) {
      recordCall('createSession')
      return openSession(request.agent ?? 'kiro', request.workingDirectory ?? '/tmp')
    },
    async listSessions() {
      recordCall('listSessions')
      return [...sessions.values()]
    },
    async endSession(sessionId) {
      recordCall('endSession')
      return Object.assign(findSession(sessionId), { endedAt: NOON })
    },
    async agents() {
      recordCall('agents')
      const problem = 'kiro-cli is not installed; install it from its site'
      return [
        {
          name: 'kiro',
          kind: 'kiro',
          isDefault: true,
          configured: true,
          available: false,
          binary: null,
          version: null,
          signedIn: 'unknown',
          problem,
        },
      ]
    },
    agentNames() {
      recordCall('agentNames')
      return ['kiro']
    },
    async history(sessionId, limit) {
      recordCall('history')
      findSession(sessionId)
      return [...entries.values()]
        .filter(({ task }) => task.sessionId === sessionId)
        .slice(-limit)
        .map(({ task, chunks }) => ({
          taskId: task.id,
          message: task.message,
          status: task.status,
          createdAt: task.createdAt,
          completedAt: isEnded(task) ? task.completedAt : null,
          answer: chunks.map((chunk) => (chunk.kind === 'text' ? chunk.content : '')).join(''),
          truncated: false,
          error: task.status === 'failed' ? task.error : null,
        }))
    },
    async search({ words, sessionId, agent, limit }) {
      recordCall('search')
      if (sessionId !== undefined) findSession(sessionId)
      const found = [...entries.values()]
        .filter(({ task }) => task.message.includes(words))
        .filter(({ task }) => agent === undefined || task.agent === agent)
        .filter(({ task }) => sessionId === undefined || task.sessionId === sessionId)
      const matches = found.map(({ task }) => ({
        taskId: task.id,
        sessionId: task.sessionId,
        agent: task.agent,
        status: task.status,
        createdAt: task.createdAt,
        completedAt: isEnded(task) ? task.completedAt : null,
        message: task.message,
        passages: 1,
        chunkIndex: null,
        snippet: task.message.replace(words, `«${words}»`),
      }))
      return { matches: matches.slice(0, limit), taskCount: matches.length, waitingCount: 0 }
    },
    async stats() {
      recordCall('stats')
      const tally = { completed: 1, failed: 1, cancelled: 0, active: 2, p50Ms: 1_500, p95Ms: null, bytes: 7 }
      return {
        total: { tasks: 4, ...tally },
        byAgent: [{ name: 'kiro', tasks: 4, ...tally }],
        byDay: [{ name: '2026-01-02', tasks: 4, ...tally }],
      }
    },
    async show(idOrPrefix, textBytes) {
      recordCall('show')
      const { task, chunks } = find(idOrPrefix)
      const text = chunks.map((chunk) => (chunk.kind === 'text' ? chunk.content : '')).join('')
      return { task, text: text.slice(0, textBytes) }
    },
    async setPinned(taskId, pinned) {
      recordCall('setPinned')
      return Object.assign(find(taskId).task, { pinned })
    },
    async purge() {
      recordCall('purge')
      return { tasks: 1, chunks: 2, bytes: 3, sessions: 0 }
    },
  }
  return service
}
