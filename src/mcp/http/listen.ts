import { SERVER_INFO_META_KEY, SUBSCRIPTION_ID_META_KEY } from '@modelcontextprotocol/server'
import { describeValue } from '../../domain/text.js'
import { isTaskNotFound, taskExists } from '../is-there.js'
import type { Params } from '../methods.js'
import type { ProtocolTasks } from '../protocol-tasks.js'
import { invalidParams } from '../rpc-error.js'
import type { ServerDefinition } from '../server-definition.js'
import { demandTasks, detailedTask, type TaskCall } from '../tasks-2026.js'

/** Where the messages of a subscription go. */
export interface Sink {
  write(message: object): void
  end(): void
}

export interface ListenRequest {
  id: string | number
  params: Params
  /** What the request's client declares. */
  client: Pick<TaskCall, 'clientCapabilities' | 'knowsTasks'>
}

/** What of the wished-for notifications is delivered; only what there is. */
interface Acknowledged {
  resourceSubscriptions?: string[]
  taskIds?: string[]
}

const MAX_WATCHED = 100

/**
 * Serves subscriptions/listen of 2026-07-28 (basic/patterns/subscriptions) with its wish for tasks of SEP-2663, which
 * the SDK's own router does not know: acknowledges first, then tells of changed resources and tasks, until the signal
 * aborts. `finish` of the result ends it from this side.
 *
 * Throws RpcError before anything is written, where the request is not right.
 */
export async function listen(
  offer: ServerDefinition,
  request: ListenRequest,
  openSink: () => Sink,
  signal: AbortSignal,
): Promise<{ finish: () => void }> {
  const stamp = { [SUBSCRIPTION_ID_META_KEY]: request.id }
  const done = new AbortController()
  signal.addEventListener('abort', () => done.abort(), { once: true })
  if (signal.aborted) done.abort()
  let sink: Sink | undefined
  const early: object[] = []
  const notify = (method: string, params: object) => {
    if (done.signal.aborted) return
    const message = { jsonrpc: '2.0', method, params: { ...params, _meta: stamp } }
    // What changes before the acknowledgment is told after it.
    if (sink === undefined) early.push(message)
    else sink.write(message)
  }
  const finish = () => {
    if (done.signal.aborted) return
    done.abort()
    const _meta = { ...stamp, [SERVER_INFO_META_KEY]: offer.server }
    sink?.write({ jsonrpc: '2.0', id: request.id, result: { resultType: 'complete', _meta } })
    sink?.end()
  }
  try {
    const honoured = await honour(offer, request, notify, done.signal)
    if (done.signal.aborted) return { finish }
    sink = openSink()
    const method = 'notifications/subscriptions/acknowledged'
    sink.write({ jsonrpc: '2.0', method, params: { notifications: honoured, _meta: stamp } })
    for (const message of early) sink.write(message)
    const { resourceSubscriptions = [], taskIds = [] } = honoured
    if (resourceSubscriptions.length + taskIds.length === 0) finish()
    return { finish }
  } catch (error) {
    done.abort()
    throw error
  }
}

type Notify = (method: string, params: object) => void

/** Begins to watch what is wished for, and says what of it there is. */
async function honour(
  offer: ServerDefinition,
  request: ListenRequest,
  notify: Notify,
  signal: AbortSignal,
): Promise<Acknowledged> {
  const { params, client } = request
  const wishes = params?.notifications
  if (typeof wishes !== 'object' || wishes === null || Array.isArray(wishes)) {
    throw invalidParams(
      `params.notifications must be an object of what is wished for, got ${describeValue(wishes)}`,
    )
  }
  const { resourceSubscriptions, taskIds } = wishes as Record<string, unknown>
  const uris = texts('resourceSubscriptions', resourceSubscriptions)
  const ids = texts('taskIds', taskIds)
  if (ids !== undefined) demandTasks(client)
  const { resources, tasks } = offer
  return {
    ...(uris === undefined || resources?.watch === undefined
      ? {}
      : {
          resourceSubscriptions: await those(uris, async (uri) => {
            const tell = () => notify('notifications/resources/updated', { uri })
            return (await resources.watch?.(uri, tell, signal)) === true
          }),
        }),
    ...(ids === undefined || tasks === undefined
      ? {}
      : { taskIds: await those(ids, (id) => watchTask(tasks, id, request, notify, signal)) }),
  }
}

/** Those of the wishes that there is something for. */
async function those(wishes: string[], isThere: (wish: string) => Promise<boolean>): Promise<string[]> {
  const there = await Promise.all(wishes.map(isThere))
  return wishes.filter((_, index) => there[index])
}

function texts(field: string, value: unknown): string[] | undefined {
  if (value === undefined) return undefined
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string')
  if (isList && value.length <= MAX_WATCHED) return [...new Set(value)]
  throw invalidParams(
    `params.notifications.${field} must be a list of at most ${MAX_WATCHED} texts, got ${describeValue(value)}`,
  )
}

/** Tells the whole task at each change of its status, as tasks/get would; false where there is no such task. */
async function watchTask(
  tasks: ProtocolTasks,
  taskId: string,
  { client }: ListenRequest,
  notify: Notify,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await taskExists(tasks.service, taskId))) return false
  let told: unknown
  let last = Promise.resolve()
  const look = async () => {
    const task = await tasks.service.get(taskId)
    const key = task.status === 'input_required' ? task.question.id : task.status
    if (key === told) return
    told = key
    notify('notifications/tasks', await detailedTask(tasks, task, client))
  }
  // One look after the other, so that no later status is told before an earlier one. A purged task is not told of.
  const onChange = () => {
    last = last.then(look).catch((error: unknown) => {
      if (!isTaskNotFound(error)) tasks.log('telling of a task failed', error)
    })
  }
  tasks.service.watch(taskId, onChange, signal)
  onChange()
  return true
}
