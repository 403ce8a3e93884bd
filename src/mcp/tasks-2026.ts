import { RPC } from '../domain/errors.js'
import { isEnded, type Task } from '../domain/task.js'
import { answerForm } from './answer-form.js'
import type { Call, CallResult, InputRequired } from './call.js'
import { type Params, requiredText } from './methods.js'
import type { ProtocolTasks } from './protocol-tasks.js'
import { invalidParams, RpcError } from './rpc-error.js'
import type { ServerDefinition, ToolDefinition } from './server-definition.js'
import { notRunError, POLL_INTERVAL_MS, questionForm, viewTask } from './task-view.js'

/*
 * Tasks as the extension io.modelcontextprotocol/tasks of 2026-07-28 has them (SEP-2663): the server decides whether a
 * call becomes one, tasks/get carries the result, tasks/update the user's answers. Only for a request whose client
 * says that it knows the extension.
 */

export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks'

export interface TaskCall extends Call {
  /** The request's client capabilities have the extension. */
  knowsTasks: boolean
}

type TaskMethod = (tasks: ProtocolTasks, params: Params, call: TaskCall) => Promise<object>

export const TASK_METHODS: Readonly<Record<string, TaskMethod>> = {
  'tasks/get': async (tasks, params, call) => {
    const task = await tasks.service.get(requiredText(params, 'taskId'))
    return detailedTask(tasks, task, call)
  },
  'tasks/update': async (tasks, params, { inputResponses }) => {
    const taskId = requiredText(params, 'taskId')
    if (inputResponses === undefined) {
      throw invalidParams(
        'params.inputResponses must be an object with the answers by the keys of inputRequests',
      )
    }
    await update(tasks, taskId, inputResponses)
    return {}
  },
  'tasks/cancel': async (tasks, params) => {
    await tasks.service.cancel(requiredText(params, 'taskId'))
    return {}
  },
}

/** Refuses what only a client with the extension may ask. */
export function demandTasks(call: Pick<TaskCall, 'knowsTasks'>): void {
  if (call.knowsTasks) return
  const sentence = `The client must declare the extension ${TASKS_EXTENSION} in its capabilities with this request`
  throw new RpcError(RPC.missingClientCapability, 'invalid_input', sentence, {
    requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
  })
}

/** Makes a call a task where the tool can be one and the client knows them; undefined: it is to be answered itself. */
export async function startAsTask(
  offer: ServerDefinition,
  { asTask }: ToolDefinition,
  params: Params,
  call: TaskCall,
): Promise<object | InputRequired | undefined> {
  if (asTask === undefined || offer.tasks === undefined) return undefined
  if (asTask.support === 'required') demandTasks(call)
  if (!call.knowsTasks) return undefined
  const started = await asTask.start(params?.arguments, call)
  if (typeof started !== 'string') return started
  const task = await offer.tasks.service.get(started)
  return { resultType: 'task', ...toTask(offer.tasks, task, call) }
}

/** The task with what its status brings along: result, error or the agent's question. */
export async function detailedTask(
  tasks: ProtocolTasks,
  task: Task,
  call: Pick<TaskCall, 'clientCapabilities'>,
): Promise<Record<string, unknown>> {
  const view = toTask(tasks, task, call)
  if (task.status === 'input_required' && view.status === 'input_required') {
    return { ...view, inputRequests: { [task.question.id]: questionForm(task) } }
  }
  if (view.status === 'completed') return { ...view, result: resultOf(await tasks.result(task)) }
  if (view.status !== 'failed') return { ...view }
  const { code, message, data } = notRunError(task)
  return { ...view, error: { code, message, data } }
}

function resultOf(result: CallResult): object {
  return { ...result, resultType: 'complete' }
}

function toTask(
  { now, tool }: ProtocolTasks,
  task: Task,
  { clientCapabilities: answers }: Pick<TaskCall, 'clientCapabilities'>,
) {
  const { ttl, status, ...view } = viewTask(task, now(), tool)
  // A client that asks its user nothing must not be asked; the message says what the agent waits for.
  const asked = status === 'input_required' && !answers.has('elicitation') ? 'working' : status
  return {
    ...view,
    status: asked,
    ttlMs: ttl,
    ...(isEnded(task) ? {} : { pollIntervalMs: POLL_INTERVAL_MS }),
  }
}

/** Hands an answer on; answers to what is not asked, or no longer, are ignored, as the extension wants it. */
async function update(
  { service }: ProtocolTasks,
  taskId: string,
  responses: Readonly<Record<string, unknown>>,
): Promise<void> {
  const task = await service.get(taskId)
  if (task.status !== 'input_required') return
  const { question } = task
  if (responses[question.id] === undefined) return
  await answerForm(service, task, responses[question.id])
}
