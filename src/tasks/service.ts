import type { AgentRegistry } from '../domain/adapter.js'
import { SpoolError, shuttingDown } from '../domain/errors.js'
import type { Processes } from '../domain/processes.js'
import type { SearchPage } from '../domain/search.js'
import type { ExecRequest, OperatorService, SearchRequest, StartRequest } from '../domain/service.js'
import type { NewTask, PurgeCount, PurgeCutoff, PurgeRun, TaskStore } from '../domain/store.js'
import { type Task, toPublicTask } from '../domain/task.js'
import { createAgentReports } from './agent-reports.js'
import { cancelTask } from './cancel.js'
import { createTask } from './create-task.js'
import { createIndexer } from './indexer.js'
import type { Log } from './log.js'
import { createNotifier } from './notifier.js'
import { notifyPurged, runPurge } from './purge.js'
import { readStatus } from './read-status.js'
import { discardLeftoverSpools, recover } from './recovery.js'
import { createRequestValidator, type RequestRules } from './requests.js'
import { requireTask } from './require-task.js'
import { respondToQuestion } from './respond.js'
import type { RunContext, RunLimits } from './run/context.js'
import { createScheduler } from './scheduler.js'

/** How much of each answer a session's history contains. */
const HISTORY_ANSWER_BYTES = 16_000
const MAX_LISTED_SESSIONS = 200

export interface ServiceOptions {
  store: TaskStore
  processes: Processes
  agents: AgentRegistry
  rules: RequestRules
  limits: RunLimits
  /** How many tasks can be active at once. */
  maxTasks: number
  /** How many tasks run at once. */
  concurrency: number
  log: Log
  now?: () => number
}

export interface RunningService {
  service: OperatorService
  /** Recovers what an earlier daemon left. Called once, before the first request. */
  recover(): Promise<void>
  /** The scheduled purge. */
  purgeExpired(): Promise<PurgeCount>
  /** Ends all waits, so that their requests get a result before the listener is closed. */
  endWaits(): void
  /** Detaches from all tasks; their processes keep running. */
  close(): Promise<void>
}

export function createTaskService(options: ServiceOptions): RunningService {
  const { store, processes, agents, rules, limits, log, now = Date.now } = options
  const notifier = createNotifier()
  const { allowedRoots } = rules
  const context: RunContext = { store, processes, agents, notifier, limits, allowedRoots, log, now }
  const scheduler = createScheduler(context, options.concurrency)
  const validator = createRequestValidator(rules, agents, store, now)
  const indexer = createIndexer(store, log)
  const closing = new AbortController()
  const unfinished = new Set<Promise<unknown>>()
  // The list changes when a task is created, ends or is purged.
  notifier.watch(null, indexer.kick, closing.signal)

  function assertOpen(): void {
    if (closing.signal.aborted) throw shuttingDown()
  }

  /** Work of several steps of the store, which is not closed before that work has ended. */
  function track<T>(work: Promise<T>): Promise<T> {
    unfinished.add(work)
    return work.finally(() => unfinished.delete(work))
  }

  async function create<Request extends StartRequest | ExecRequest>(
    request: Request,
    validate: (request: Request) => Promise<NewTask>,
  ): Promise<{ task: Task; created: boolean }> {
    const validateWhileOpen = async () => {
      const task = await validate(request)
      assertOpen()
      return task
    }
    assertOpen()
    const result = await createTask(request, validateWhileOpen, store, options.maxTasks)
    if (result.created) {
      log.info({ task: result.task.id, agent: result.task.agent }, 'created')
      notifier.notifyList()
      scheduler.pump()
    }
    return result
  }

  async function search({ sinceMs, ...query }: SearchRequest, signal: AbortSignal): Promise<SearchPage> {
    assertOpen()
    const since = sinceMs === undefined ? {} : { createdSince: now() - sinceMs }
    try {
      return await track(store.search({ ...query, ...since }, AbortSignal.any([signal, closing.signal])))
    } catch (error) {
      assertOpen()
      throw error
    }
  }

  /** @param prefix the beginning of an id, with or without `task-` */
  async function findTask(prefix: string): Promise<Task> {
    const idPrefix = prefix.startsWith('task-') ? prefix : `task-${prefix}`
    const ids = await store.findTaskIds(idPrefix.toLowerCase(), 2)
    if (ids.includes(idPrefix)) return requireTask(store, idPrefix)
    if (ids.length > 1) {
      const sentence = `${prefix} matches several task ids; give more of the id.`
      throw new SpoolError('invalid_input', sentence, { field: 'task_id' })
    }
    return requireTask(store, ids[0] ?? prefix)
  }

  function cutoff(olderThanMs?: number): PurgeCutoff {
    return {
      expiredAt: now(),
      ...(olderThanMs === undefined ? {} : { endedAt: now() - olderThanMs }),
      sessionsUnusedSince: now() - (olderThanMs ?? rules.taskTtlMs),
    }
  }

  async function purge(past: PurgeCutoff, trigger: PurgeRun['trigger']): Promise<PurgeCount> {
    const purged = await runPurge(store, past, trigger, now, closing.signal)
    if (purged.tasks > 0) await notifyPurged(store, notifier)
    return purged
  }

  const service: OperatorService = {
    start: (request) => create(request, validator.validateStart),
    exec: (request) => create(request, validator.validateExec),
    status: (taskId, query, signal) => readStatus(taskId, query, context, signal),
    cancel: (taskId) => cancelTask(taskId, scheduler, context, closing.signal),
    respond: (request) => respondToQuestion(request, scheduler, context),
    get: async (taskId) => toPublicTask(await requireTask(store, taskId)),
    findIds: (prefix, limit) => store.findTaskIds(prefix, limit),
    watch: notifier.watch,
    async list({ includeDone: includeEnded, ...query }) {
      const page = await store.listTasks({ ...query, includeEnded })
      return { ...page, tasks: page.tasks.map((task) => toPublicTask(task)) }
    },
    async createSession(request) {
      assertOpen()
      return store.createSession(await validator.validateSession(request))
    },
    listSessions: () => store.listSessions(MAX_LISTED_SESSIONS),
    endSession: (sessionId) => store.endSession(sessionId, now()),
    agents: createAgentReports(agents, rules.defaultAgent, closing.signal),
    agentNames: () => agents.names(),
    history: (sessionId, limit) => store.history(sessionId, limit, HISTORY_ANSWER_BYTES),
    search,
    async show(idOrPrefix, textBytes) {
      const task = toPublicTask(await findTask(idOrPrefix))
      return { task, text: await store.readText(task.id, textBytes) }
    },
    async setPinned(taskId, pinned) {
      const task = await store.setPinned(taskId, pinned)
      notifier.notifyTask(taskId)
      return task
    },
    purge: ({ olderThanMs, dryRun }) =>
      dryRun ? store.countPurgeable(cutoff(olderThanMs)) : track(purge(cutoff(olderThanMs), 'person')),
    stats: (sinceMs) => track(store.stats(now() - sinceMs)),
  }

  return {
    service,
    async recover() {
      await recover(context, scheduler)
      scheduler.pump()
      // An earlier daemon, perhaps of a version without search, may have left text that is not indexed.
      indexer.kick()
    },
    async purgeExpired() {
      const purged = await track(purge(cutoff(), 'schedule'))
      await discardLeftoverSpools(context)
      return purged
    },
    endWaits: notifier.close,
    async close() {
      closing.abort()
      notifier.close()
      await Promise.allSettled(unfinished)
      await indexer.close()
      await scheduler.close()
    },
  }
}
