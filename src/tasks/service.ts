import type { AgentRegistry } from '../domain/adapter.js'
import { noQuestion, otherQuestion, SpoolError, shuttingDown, taskNotFound } from '../domain/errors.js'
import type { Processes } from '../domain/processes.js'
import type { SearchPage } from '../domain/search.js'
import type {
  CancelOutcome,
  ExecRequest,
  OperatorService,
  RespondRequest,
  SearchRequest,
  StartRequest,
} from '../domain/service.js'
import type { NewTask, PurgeCount, PurgeCutoff, PurgeRun, TaskStore } from '../domain/store.js'
import { isEnded, type Task, toPublicTask } from '../domain/task.js'
import { describeValue } from '../domain/text.js'
import { createAgentReports } from './agent-reports.js'
import { awaitEnd } from './await-end.js'
import { chooseOption } from './choose-option.js'
import { assertSameRequest } from './existing-task.js'
import { createIndexer } from './indexer.js'
import type { Log } from './log.js'
import { createNotifier } from './notifier.js'
import { runPurge } from './purge.js'
import { readStatus } from './read-status.js'
import { discardLeftoverSpools, endUnstarted, recover } from './recovery.js'
import { createRequestReader, type RequestRules } from './requests.js'
import type { RunContext, RunLimits } from './run/context.js'
import { createScheduler } from './scheduler.js'

const HISTORY_ANSWER_BYTES = 16_000
const SESSIONS_LISTED = 200

export interface ServiceOptions {
  store: TaskStore
  processes: Processes
  agents: AgentRegistry
  rules: RequestRules
  limits: RunLimits
  maxTasks: number
  concurrency: number
  log: Log
  now?: () => number
}

export interface RunningService {
  service: OperatorService
  /** Takes up what the daemon before left; to be called once, before the first request. */
  recover(): Promise<void>
  /** The scheduled purge. */
  purgeExpired(): Promise<PurgeCount>
  /** Ends all waits with an answer, before the listener is closed. */
  endWaits(): void
  /** Lets go of everything; running tasks go on. */
  close(): Promise<void>
}

export function createTaskService(options: ServiceOptions): RunningService {
  const { store, processes, agents, rules, log, now = Date.now } = options
  const notifier = createNotifier()
  const { limits } = options
  const { allowedRoots } = rules
  const context: RunContext = {
    store,
    processes,
    agents,
    notifier,
    limits,
    allowedRoots,
    log,
    now,
  }
  const scheduler = createScheduler(context, options.concurrency)
  const requests = createRequestReader(rules, agents, store, now)
  const closing = new AbortController()
  const underWay = new Set<Promise<unknown>>()
  const indexer = createIndexer(store, log)
  // Of a task that is created, has ended or was purged.
  notifier.watch(null, indexer.kick, closing.signal)

  async function create<Request extends StartRequest | ExecRequest>(
    request: Request,
    read: (request: Request) => Promise<NewTask>,
  ): Promise<{ task: Task; created: boolean }> {
    refuseWhileClosing()
    const existing = await requests.findExistingTask(request)
    if (existing) return { task: existing, created: false }
    const task = await read(request)
    refuseWhileClosing()
    const created = await store.createTask(task, options.maxTasks)
    if (created.created) {
      log.info({ task: created.task.id, agent: task.agent }, 'created')
      notifier.notifyList()
      scheduler.pump()
    } else {
      // Another arrival of the request was faster.
      await assertSameRequest(created.task, request)
    }
    return created
  }

  async function cancel(taskId: string): Promise<CancelOutcome> {
    const before = await mustGet(taskId)
    if (isEnded(before)) return { task: before, cancelled: false }
    const reason = await requestCancel(taskId)
    if (reason !== undefined) {
      const run = await scheduler.find(taskId)
      if (run) {
        run.stop(reason)
        await awaitEnd(run.done, taskId, limits.killGraceMs)
      } else {
        const { attempt } = await mustGet(taskId)
        const end = endUnstarted({ taskId, attempt }, context, closing.signal)
        await awaitEnd(end, taskId, limits.killGraceMs)
        scheduler.pump()
      }
    }
    const task = await mustGet(taskId)
    return { task, cancelled: task.status === 'cancelled' }
  }

  async function respond(request: RespondRequest) {
    const task = await mustGet(request.taskId)
    if (task.status !== 'input_required') throw noQuestion(task.id)
    const { question } = task
    const { questionId: meant = question.id } = request
    if (meant !== question.id) throw otherQuestion(task.id, question.id, describeValue(meant))
    const answer = { questionId: question.id, optionId: chooseOption(question, request).id }
    const stored = await store.recordResponse(task.id, answer)
    // Where no run is found, the next daemon hands the answer on.
    const run = await scheduler.find(task.id)
    run?.answer(answer)
    // Whoever else has the question before him need not answer it.
    notifier.notifyTask(task.id)
    return { task: toPublicTask(stored), question, optionId: answer.optionId }
  }

  /** Where the wish cannot be stored the process is ended all the same, and the refusal tells of the storage. */
  async function requestCancel(taskId: string) {
    try {
      return await store.requestStop(taskId, 'cancelled')
    } catch (error) {
      const run = await scheduler.find(taskId)
      run?.stop('cancelled')
      throw error
    }
  }

  async function mustGet(taskId: string): Promise<Task> {
    const task = await store.getTask(taskId)
    if (!task) throw taskNotFound(taskId)
    return task
  }

  function refuseWhileClosing(): void {
    if (closing.signal.aborted) throw shuttingDown()
  }

  function cutoff(olderThanMs?: number) {
    return {
      expiredAt: now(),
      ...(olderThanMs === undefined ? {} : { endedAt: now() - olderThanMs }),
      sessionsUnusedSince: now() - (olderThanMs ?? rules.taskTtlMs),
    }
  }

  /** What takes several steps of the store, which is not closed before it has ended. */
  function untilItEnds<T>(work: Promise<T>): Promise<T> {
    underWay.add(work)
    return work.finally(() => underWay.delete(work))
  }

  async function purge(past: PurgeCutoff, trigger: PurgeRun['trigger']): Promise<PurgeCount> {
    const running = runPurge(store, past, trigger, now, closing.signal).then(async (taken) => {
      if (taken.tasks > 0) await notifyPurged()
      return taken
    })
    return untilItEnds(running)
  }

  async function search({ sinceMs, ...query }: SearchRequest, signal: AbortSignal): Promise<SearchPage> {
    refuseWhileClosing()
    const since = sinceMs === undefined ? {} : { createdSince: now() - sinceMs }
    try {
      return await untilItEnds(
        store.search({ ...query, ...since }, AbortSignal.any([signal, closing.signal])),
      )
    } catch (error) {
      refuseWhileClosing()
      throw error
    }
  }

  async function notifyPurged(): Promise<void> {
    notifier.notifyList()
    for (const taskId of notifier.watched()) {
      const task = await store.getTask(taskId).catch(() => undefined)
      if (task === undefined) notifier.notifyTask(taskId)
    }
  }

  const service: OperatorService = {
    start: (request) => create(request, requests.readTask),
    exec: (request) => create(request, requests.readExec),
    status: (taskId, query, signal) => readStatus(taskId, query, { store, notifier }, signal),
    cancel,
    respond,
    get: async (taskId) => toPublicTask(await mustGet(taskId)),
    findIds: (prefix, limit) => store.findTaskIds(prefix, limit),
    watch: notifier.watch,
    async list({ includeDone: includeEnded, ...query }) {
      const page = await store.listTasks({ ...query, includeEnded })
      return { ...page, tasks: page.tasks.map((task) => toPublicTask(task)) }
    },
    async createSession(request) {
      refuseWhileClosing()
      return store.createSession(await requests.readSession(request))
    },
    listSessions: () => store.listSessions(SESSIONS_LISTED),
    endSession: (sessionId) => store.endSession(sessionId, now()),
    agents: createAgentReports(agents, rules.defaultAgent, closing.signal),
    agentNames: () => agents.names(),
    history: (sessionId, limit) => store.history(sessionId, limit, HISTORY_ANSWER_BYTES),
    search,

    async show(idOrPrefix, textBytes) {
      const prefix = idOrPrefix.startsWith('task-') ? idOrPrefix : `task-${idOrPrefix}`
      const ids = await store.findTaskIds(prefix.toLowerCase(), 2)
      if (ids.length > 1 && !ids.includes(prefix)) {
        throw new SpoolError(
          'invalid_input',
          `${idOrPrefix} matches several task ids; give more of the id.`,
          {
            field: 'task_id',
          },
        )
      }
      const task = toPublicTask(await mustGet(ids.includes(prefix) ? prefix : (ids[0] ?? idOrPrefix)))
      return { task, text: await store.readText(task.id, textBytes) }
    },
    async setPinned(taskId, pinned) {
      const task = await store.setPinned(taskId, pinned)
      notifier.notifyTask(taskId)
      return task
    },
    purge: ({ olderThanMs, dryRun }) =>
      dryRun ? store.countPurgeable(cutoff(olderThanMs)) : purge(cutoff(olderThanMs), 'person'),
    stats: (sinceMs) => untilItEnds(store.stats(now() - sinceMs)),
  }

  return {
    service,
    async recover() {
      await recover(context, scheduler)
      scheduler.pump()
      // What the daemon before left, or an older one that had no search.
      indexer.kick()
    },
    async purgeExpired() {
      const taken = await purge(cutoff(), 'schedule')
      await discardLeftoverSpools(context)
      return taken
    },
    endWaits: () => notifier.close(),
    async close() {
      closing.abort()
      notifier.close()
      // No step of theirs is to meet a closed store.
      await Promise.allSettled(underWay)
      await indexer.close()
      await scheduler.close()
    },
  }
}
