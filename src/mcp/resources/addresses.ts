import type { TaskOutline } from '../../domain/task.js'
import { describeValue } from '../../domain/text.js'
import type { Content } from '../call.js'
import { invalidParams } from '../rpc-error.js'

export const TASKS_URI = 'spool://tasks'
export const TASK_TEMPLATE = 'spool://tasks/{id}'
/** RFC 6570: `?from=…` appears only if an index is given. */
export const OUTPUT_TEMPLATE = 'spool://tasks/{id}/output{?from}'

/** The resource that a URI names. */
export type Address =
  | { kind: 'tasks' }
  | { kind: 'task'; taskId: string }
  | { kind: 'output'; taskId: string; from: string }

export function taskUri(taskId: string): string {
  return `${TASKS_URI}/${taskId}`
}

/** @param from index of the first chunk */
export function outputUri(taskId: string, from = 0): string {
  const uri = `${taskUri(taskId)}/output`
  return from > 0 ? `${uri}?from=${from}` : uri
}

const TASK_URI = /^spool:\/\/tasks\/([\w-]{1,100})(\/output(?:\?from=([^&#]*))?)?$/

/** Undefined if the URI names no resource of ours. */
export function parseAddress(uri: string): Address | undefined {
  if (uri === TASKS_URI) return { kind: 'tasks' }
  const [, taskId, output, from = ''] = TASK_URI.exec(uri) ?? []
  if (taskId === undefined) return undefined
  return output === undefined ? { kind: 'task', taskId } : { kind: 'output', taskId, from }
}

/** The index after `from=`; nothing is 0, since expanding the template with an empty text gives that. Throws RpcError. */
export function parseFrom(from: string): number {
  if (/^\d{0,9}$/.test(from)) return Number(from)
  throw invalidParams(
    `from=${describeValue(from)} is not a chunk index; use the URI of the last result, or omit ?from`,
    { field: 'from' },
  )
}

/** A link to the whole output of a task; short, because every result of a start carries it. */
export function outputLink(task: TaskOutline): Content {
  return {
    type: 'resource_link',
    uri: outputUri(task.id),
    name: `${task.id}/output`,
    title: 'Output of the task',
    mimeType: 'text/plain',
  }
}
