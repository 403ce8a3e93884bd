import { RPC, shuttingDown } from '../domain/errors.js'
import { isEnded, type Task } from '../domain/task.js'
import type { Call, CallResult } from './call.js'
import type { ServerDefinition, ToolDefinition } from './definition.js'
import { createElicitation, relatedTo } from './elicitation.js'
import { type Params, requiredText } from './methods.js'
import { notRunError, POLL_INTERVAL_MS, type ProtocolTasks, viewTask, wasNotRun } from './protocol-tasks.js'
import { invalidParams, RpcError } from './rpc-error.js'
import { MAX_SECONDS } from './schema/limits.js'
import { waitForTask } from './wait.js'

/*
 * Tasks of revision 2025-11-25 (basic/utilities/tasks): a call requests one by its param `task`, the client polls
 * tasks/get, and tasks/result waits for the end.
 */

export const TASKS_CAPABILITY = { list: {}, cancel: {}, requests: { tools: { call: {} } } }

interface Exchange {
  call: Call
  /** Sends a notification in the stream of the request's response. */
  notify(notification: { method: string; params: Record<string, unknown> }): Promise<void>
}

type TaskMethod = (tasks: ProtocolTasks, params: Params, exchange: Exchange) => Promise<object>

const PAGE_SIZE = 50

const METHODS: Readonly<Record<string, TaskMethod>> = {
  'tasks/get': (tasks, params) => getTask(tasks, requiredText(params, 'taskId')),
  'tasks/result': (tasks, params, exchange) => waitForResult(tasks, requiredText(params, 'taskId'), exchange),
  'tasks/cancel': async (tasks, params) => {
    const taskId = requiredText(params, 'taskId')
    const { task, cancelled } = await tasks.service.cancel(taskId)
    if (cancelled) return toTask(tasks, task)
    throw invalidParams(`Nothing to cancel: ${taskId} has already ended (${task.status}).`)
  },
  'tasks/list': async (tasks, params) => {
    const cursor = params?.cursor === undefined ? undefined : requiredText(params, 'cursor')
    const page = await tasks.service.list({ includeDone: true, limit: PAGE_SIZE, cursor })
    return {
      tasks: page.tasks.map((task) => toTask(tasks, task)),
      ...(page.nextCursor === null ? {} : { nextCursor: page.nextCursor }),
    }
  },
}

/** Undefined if the method is not a task method of this revision. */
export async function handleTaskMethod2025(
  tasks: ProtocolTasks,
  method: string,
  params: Params,
  exchange: Exchange,
): Promise<object | undefined> {
  return Object.hasOwn(METHODS, method) ? METHODS[method]?.(tasks, params, exchange) : undefined
}

/** `execution.taskSupport` of a listed tool. */
export function taskSupportOf({ asTask }: ToolDefinition): 'optional' | 'required' | 'forbidden' {
  return asTask?.support ?? 'forbidden'
}

/** Starts a call as a task if the client requests that; undefined if it wants the result itself. */
export async function callAsTask2025(
  { tasks }: ServerDefinition,
  tool: ToolDefinition,
  params: Params,
  call: Call,
): Promise<object | undefined> {
  const requested = params?.task
  const { name } = tool.listed
  if (requested === undefined) {
    if (tool.asTask?.support !== 'required') return undefined
    throw wrongCall(`Tool ${name} can only be called as a task; send params.task`)
  }
  if (tasks === undefined) return undefined
  if (tool.asTask === undefined) throw wrongCall(`Tool ${name} cannot be called as a task; omit params.task`)
  const taskId = await tool.asTask.start(params?.arguments, { ...call, keepMs: keepMsOf(requested) })
  if (typeof taskId === 'string') return { task: await getTask(tasks, taskId) }
  throw wrongCall(`Tool ${name} must ask its user first, which only clients of 2026-07-28 support`)
}

function keepMsOf(requested: unknown): number | undefined {
  const ttl = (requested as { ttl?: unknown } | null)?.ttl
  if (ttl === undefined || ttl === null) return undefined
  if (typeof ttl === 'number' && ttl >= 0) return Math.ceil(Math.min(ttl, MAX_SECONDS * 1000))
  throw invalidParams('params.task.ttl must be a number of ms; omit it for the default retention')
}

/** Waits for the end, however long; meanwhile sends each new status, and shows the agent's questions to the user. */
async function waitForResult(
  tasks: ProtocolTasks,
  taskId: string,
  { call, notify }: Exchange,
): Promise<CallResult> {
  const { service } = tasks
  const elicitation = createElicitation(service, taskId, call)
  let known: Task | undefined
  try {
    const last = await waitForTask(service, taskId, call, Number.POSITIVE_INFINITY, async (task, recheck) => {
      elicitation.isShown(task, recheck)
      const isNew = known !== undefined && known.status !== task.status
      known = task
      if (isNew) await notify({ method: 'notifications/tasks/status', params: toTask(tasks, task) })
      return false
    })
    if (!isEnded(last)) throw shuttingDown()
    if (wasNotRun(last)) throw notRunError(last)
    const result = await tasks.result(last)
    return { ...result, _meta: { ...result._meta, ...relatedTo(taskId) } }
  } finally {
    elicitation.withdraw()
  }
}

async function getTask(tasks: ProtocolTasks, taskId: string) {
  return toTask(tasks, await tasks.service.get(taskId))
}

function toTask(tasks: ProtocolTasks, task: Task) {
  const pollInterval = isEnded(task) ? {} : { pollInterval: POLL_INTERVAL_MS }
  return { ...viewTask(tasks, task), ...pollInterval }
}

function wrongCall(sentence: string): RpcError {
  return new RpcError(RPC.methodNotFound, 'invalid_input', sentence)
}
