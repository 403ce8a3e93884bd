import { RPC, SpoolError } from '../domain/errors.js'
import { isEnded, type Task } from '../domain/task.js'
import type { Call, CallResult } from './call.js'
import { elicitAnswers, relatedTo } from './elicitation.js'
import { type Params, requiredText } from './methods.js'
import type { ProtocolTasks } from './protocol-tasks.js'
import { invalidParams, RpcError } from './rpc-error.js'
import { MAX_SECONDS } from './schema/limits.js'
import type { ServerDefinition, ToolDefinition } from './server-definition.js'
import { notRunError, POLL_INTERVAL_MS, viewTask, wasNotRun } from './task-view.js'
import { followTask } from './wait.js'

/*
 * Tasks as the revision 2025-11-25 has them (basic/utilities/tasks): a call asks for one by its param `task`, the
 * client polls tasks/get, and tasks/result waits for the end.
 */

export const TASKS_CAPABILITY = { list: {}, cancel: {}, requests: { tools: { call: {} } } }

/** Sends a notification on the stream of the request that is being answered. */
export type Notify = (method: string, params: Record<string, unknown>) => Promise<void>

const PAGE = 50

type TaskMethod = (tasks: ProtocolTasks, params: Params, call: Call, notify: Notify) => Promise<object>

const METHODS: Readonly<Record<string, TaskMethod>> = {
  'tasks/get': async (tasks, params) => told(tasks, requiredText(params, 'taskId')),
  'tasks/result': (tasks, params, call, notify) =>
    result(tasks, requiredText(params, 'taskId'), call, notify),
  'tasks/cancel': (tasks, params) => cancel(tasks, requiredText(params, 'taskId')),
  'tasks/list': async (tasks, params) => {
    const cursor = params?.cursor === undefined ? undefined : requiredText(params, 'cursor')
    const page = await tasks.service.list({ includeDone: true, limit: PAGE, cursor })
    return {
      tasks: page.tasks.map((task) => toTask(tasks, task)),
      ...(page.nextCursor === null ? {} : { nextCursor: page.nextCursor }),
    }
  },
}

/** The handler of a tasks/… request; undefined where there is none, or where no tool can be a task. */
export function taskMethod(offer: ServerDefinition, method: string) {
  const { tasks } = offer
  const handle = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined
  if (tasks === undefined || handle === undefined) return undefined
  return (params: Params, call: Call, notify: Notify) => handle(tasks, params, call, notify)
}

/** How `execution` of a listed tool says whether calls of it can be tasks. */
export function executionOf({ asTask }: ToolDefinition): { taskSupport: string } {
  return { taskSupport: asTask?.support ?? 'forbidden' }
}

/** Starts a call as a task where the client asks for that; undefined where it wants the answer itself. */
export async function startAsTask(
  offer: ServerDefinition,
  tool: ToolDefinition,
  params: Params,
  call: Call,
): Promise<object | undefined> {
  const wanted = params?.task
  const { name } = tool.listed
  if (wanted === undefined) {
    if (tool.asTask?.support !== 'required') return undefined
    throw noSuchCall(`Tool ${name} can only be called as a task; send params.task`)
  }
  if (offer.tasks === undefined) return undefined
  if (tool.asTask === undefined)
    throw noSuchCall(`Tool ${name} cannot be called as a task; leave out params.task`)
  const started = await tool.asTask.start(params?.arguments, { ...call, keepMs: keepMs(wanted) })
  if (typeof started === 'string') return { task: await told(offer.tasks, started) }
  throw noSuchCall(
    `Tool ${name} must ask its user something first, which only clients of 2026-07-28 can be asked`,
  )
}

function keepMs(wanted: unknown): number | undefined {
  const ttl = (wanted as { ttl?: unknown } | null)?.ttl
  if (ttl === undefined || ttl === null) return undefined
  if (typeof ttl === 'number' && ttl >= 0) return Math.ceil(Math.min(ttl, MAX_SECONDS * 1000))
  throw invalidParams('params.task.ttl must be a number of ms; leave it out for the usual retention')
}

/** Waits for the end, however long; meanwhile tells each new status, and puts the agent's questions to the user. */
async function result(tasks: ProtocolTasks, taskId: string, call: Call, notify: Notify): Promise<CallResult> {
  const { service } = tasks
  const questions = elicitAnswers(service, taskId, call)
  let known: Task | undefined
  try {
    const last = await followTask(
      service,
      taskId,
      call,
      Number.POSITIVE_INFINITY,
      async (task, lookAgain) => {
        questions.isWithUser(task, lookAgain)
        const isNew = known !== undefined && known.status !== task.status
        known = task
        if (isNew) await notify('notifications/tasks/status', toTask(tasks, task))
        return false
      },
    )
    if (!isEnded(last)) throw stopping()
    if (wasNotRun(last)) throw notRunError(last)
    const answer = await tasks.result(last)
    return { ...answer, _meta: { ...answer._meta, ...relatedTo(taskId) } }
  } finally {
    questions.withdraw()
  }
}

function stopping(): SpoolError {
  return new SpoolError('shutting_down', 'The daemon is stopping; ask again in a moment, the task goes on.')
}

async function cancel(tasks: ProtocolTasks, taskId: string): Promise<object> {
  const { task, cancelled } = await tasks.service.cancel(taskId)
  if (cancelled) return toTask(tasks, task)
  throw invalidParams(`Nothing to cancel: ${taskId} had ended before (${task.status}).`)
}

async function told(tasks: ProtocolTasks, taskId: string) {
  return toTask(tasks, await tasks.service.get(taskId))
}

function toTask({ now, tool }: ProtocolTasks, task: Task) {
  const pollInterval = isEnded(task) ? {} : { pollInterval: POLL_INTERVAL_MS }
  return { ...viewTask(task, now(), tool), ...pollInterval }
}

function noSuchCall(sentence: string): RpcError {
  return new RpcError(RPC.methodNotFound, 'invalid_input', sentence)
}
