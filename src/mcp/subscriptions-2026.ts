import { SERVER_INFO_META_KEY, SUBSCRIPTION_ID_META_KEY } from '@modelcontextprotocol/server'
import { isObject } from '../domain/json.js'
import { describeValue } from '../domain/text.js'
import type { Call2026 } from './call-2026.js'
import type { ServerDefinition } from './definition.js'
import type { Params } from './methods.js'
import { isTaskNotFound, type ProtocolTasks, taskExists } from './protocol-tasks.js'
import { invalidParams } from './rpc-error.js'
import { detailedTask, requireTasksExtension } from './tasks-2026.js'

/** Where the messages of a subscription go. */
export interface MessageSink {
  write(message: object): void
  end(): void
}

export interface SubscriptionRequest {
  id: string | number
  params: Params
  /** What the client declares with the request. */
  client: Pick<Call2026, 'clientCapabilities' | 'supportsTasks'>
}

/** The requested notifications that will be delivered: those for which there is a source. */
interface Acknowledged {
  resourceSubscriptions?: string[]
  taskIds?: string[]
}

type Notify = (method: string, params: object) => void

const MAX_WATCHED = 100

/**
 * Serves subscriptions/listen of 2026-07-28 (basic/patterns/subscriptions), with task notifications (SEP-2663), which
 * the SDK's own router does not support: acknowledges first, then notifies of changed resources and tasks until the
 * signal aborts. `finish` ends it from this side.
 *
 * Throws RpcError before anything is written if the request is invalid.
 */
export async function subscribe(
  definition: ServerDefinition,
  request: SubscriptionRequest,
  openSink: () => MessageSink,
  signal: AbortSignal,
): Promise<{ finish: () => void }> {
  const stamp = { [SUBSCRIPTION_ID_META_KEY]: request.id }
  const done = new AbortController()
  signal.addEventListener('abort', () => done.abort(), { once: true })
  if (signal.aborted) done.abort()
  let sink: MessageSink | undefined
  const early: object[] = []
  const notify: Notify = (method, params) => {
    if (done.signal.aborted) return
    const message = { jsonrpc: '2.0', method, params: { ...params, _meta: stamp } }
    // A change before the acknowledgment is reported after it.
    if (sink === undefined) early.push(message)
    else sink.write(message)
  }
  const finish = () => {
    if (done.signal.aborted) return
    done.abort()
    const _meta = { ...stamp, [SERVER_INFO_META_KEY]: definition.server }
    sink?.write({ jsonrpc: '2.0', id: request.id, result: { resultType: 'complete', _meta } })
    sink?.end()
  }
  try {
    const acknowledged = await watchRequested(definition, request, notify, done.signal)
    if (done.signal.aborted) return { finish }
    sink = openSink()
    const method = 'notifications/subscriptions/acknowledged'
    sink.write({ jsonrpc: '2.0', method, params: { notifications: acknowledged, _meta: stamp } })
    for (const message of early) sink.write(message)
    const { resourceSubscriptions = [], taskIds = [] } = acknowledged
    if (resourceSubscriptions.length + taskIds.length === 0) finish()
    return { finish }
  } catch (error) {
    done.abort()
    throw error
  }
}

async function watchRequested(
  { resources, tasks }: ServerDefinition,
  request: SubscriptionRequest,
  notify: Notify,
  signal: AbortSignal,
): Promise<Acknowledged> {
  const requested = request.params?.notifications
  if (!isObject(requested)) {
    throw invalidParams(`params.notifications must be an object, got ${describeValue(requested)}`)
  }
  const uris = textList('resourceSubscriptions', requested.resourceSubscriptions)
  const ids = textList('taskIds', requested.taskIds)
  if (ids !== undefined) requireTasksExtension(request.client)
  const watchResource = async (uri: string) => {
    const onChange = () => notify('notifications/resources/updated', { uri })
    return (await resources?.watch?.(uri, onChange, signal)) === true
  }
  return {
    ...(uris === undefined || resources?.watch === undefined
      ? {}
      : { resourceSubscriptions: await filterAsync(uris, watchResource) }),
    ...(ids === undefined || tasks === undefined
      ? {}
      : { taskIds: await filterAsync(ids, (id) => watchTask(tasks, id, request, notify, signal)) }),
  }
}

async function filterAsync(items: string[], passes: (item: string) => Promise<boolean>): Promise<string[]> {
  const passed = await Promise.all(items.map(passes))
  return items.filter((_, index) => passed[index])
}

function textList(field: string, value: unknown): string[] | undefined {
  if (value === undefined) return undefined
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string')
  if (isList && value.length <= MAX_WATCHED) return [...new Set(value)]
  throw invalidParams(
    `params.notifications.${field} must be a list of at most ${MAX_WATCHED} texts, got ${describeValue(value)}`,
  )
}

/** Sends the task, as tasks/get would, at each change of its status; false if there is no such task. */
async function watchTask(
  tasks: ProtocolTasks,
  taskId: string,
  { client }: SubscriptionRequest,
  notify: Notify,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await taskExists(tasks.service, taskId))) return false
  let sent: string | undefined
  let last = Promise.resolve()
  const check = async () => {
    const task = await tasks.service.get(taskId)
    const state = task.status === 'input_required' ? task.question.id : task.status
    if (state === sent) return
    sent = state
    notify('notifications/tasks', await detailedTask(tasks, task, client))
  }
  // One check after the other, so that statuses are sent in their order. A purged task is not reported.
  const onChange = () => {
    last = last.then(check).catch((error: unknown) => {
      if (!isTaskNotFound(error)) tasks.log('a task notification failed', error)
    })
  }
  tasks.service.watch(taskId, onChange, signal)
  onChange()
  return true
}
