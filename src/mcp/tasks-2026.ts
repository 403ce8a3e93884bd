import { RPC } from '../domain/errors.js'
import type { TaskService } from '../domain/service.js'
import { isEnded, type Task } from '../domain/task.js'
import type { InputRequired } from './call.js'
import { type Call2026, TASKS_EXTENSION } from './call-2026.js'
import type { ServerDefinition, ToolDefinition } from './definition.js'
import { questionForm, respondWithForm } from './elicitation.js'
import { type Params, requiredText } from './methods.js'
import { notRunError, POLL_INTERVAL_MS, type ProtocolTasks, viewTask } from './protocol-tasks.js'
import { invalidParams, RpcError } from './rpc-error.js'

/*
 * Tasks of the extension io.modelcontextprotocol/tasks for 2026-07-28 (SEP-2663): the server decides whether a call
 * becomes one, tasks/get carries the result, tasks/update the user's responses. Only for a request whose client
 * declares the extension.
 */

type TaskMethod = (tasks: ProtocolTasks, params: Params, call: Call2026) => Promise<object>

const METHODS: Readonly<Record<string, TaskMethod>> = {
  'tasks/get': async (tasks, params, call) => {
    const task = await tasks.service.get(requiredText(params, 'taskId'))
    return detailedTask(tasks, task, call)
  },
  'tasks/update': async (tasks, params, { inputResponses }) => {
    const taskId = requiredText(params, 'taskId')
    if (inputResponses === undefined) {
      throw invalidParams(
        'params.inputResponses must be an object with responses by the keys of inputRequests',
      )
    }
    await respond(tasks.service, taskId, inputResponses)
    return {}
  },
  'tasks/cancel': async (tasks, params) => {
    await tasks.service.cancel(requiredText(params, 'taskId'))
    return {}
  },
}

export function isTaskMethod2026(method: string): boolean {
  return Object.hasOwn(METHODS, method)
}

export async function handleTaskMethod2026(
  tasks: ProtocolTasks,
  method: string,
  params: Params,
  call: Call2026,
): Promise<object> {
  requireTasksExtension(call)
  return (METHODS[method] as TaskMethod)(tasks, params, call)
}

/** Throws RpcError unless the client declares the tasks extension. */
export function requireTasksExtension(call: Pick<Call2026, 'supportsTasks'>): void {
  if (call.supportsTasks) return
  const sentence = `The client must declare the extension ${TASKS_EXTENSION} in its capabilities with this request`
  throw new RpcError(RPC.missingClientCapability, 'invalid_input', sentence, {
    requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
  })
}

/** Starts a call as a task if the tool can be one and the client supports tasks; undefined if it gets the result itself. */
export async function callAsTask2026(
  { tasks }: ServerDefinition,
  { asTask }: ToolDefinition,
  params: Params,
  call: Call2026,
): Promise<object | InputRequired | undefined> {
  if (asTask === undefined || tasks === undefined) return undefined
  if (asTask.support === 'required') requireTasksExtension(call)
  if (!call.supportsTasks) return undefined
  const started = await asTask.start(params?.arguments, call)
  if (typeof started !== 'string') return started
  return { resultType: 'task', ...toTask(tasks, await tasks.service.get(started), call) }
}

/** The task with what its status implies: the result, the error, or the agent's question. */
export async function detailedTask(
  tasks: ProtocolTasks,
  task: Task,
  call: Pick<Call2026, 'clientCapabilities'>,
): Promise<Record<string, unknown>> {
  const view = toTask(tasks, task, call)
  if (task.status === 'input_required' && view.status === 'input_required') {
    return { ...view, inputRequests: { [task.question.id]: questionForm(task) } }
  }
  if (view.status === 'completed') {
    return { ...view, result: { ...(await tasks.result(task)), resultType: 'complete' } }
  }
  if (view.status !== 'failed') return { ...view }
  const { code, message, data } = notRunError(task)
  return { ...view, error: { code, message, data } }
}

function toTask(
  tasks: ProtocolTasks,
  task: Task,
  { clientCapabilities }: Pick<Call2026, 'clientCapabilities'>,
) {
  const { ttl, status, ...view } = viewTask(tasks, task)
  // A client without elicitation must not be asked; the message says what the agent waits for.
  const isHidden = status === 'input_required' && !clientCapabilities.has('elicitation')
  return {
    ...view,
    status: isHidden ? 'working' : status,
    ttlMs: ttl,
    ...(isEnded(task) ? {} : { pollIntervalMs: POLL_INTERVAL_MS }),
  }
}

/** Responses to questions that are not open, or no longer, are ignored, as the extension requires. */
async function respond(
  service: TaskService,
  taskId: string,
  responses: Readonly<Record<string, unknown>>,
): Promise<void> {
  const task = await service.get(taskId)
  if (task.status !== 'input_required') return
  const response = responses[task.question.id]
  if (response !== undefined) await respondWithForm(service, task, response)
}
