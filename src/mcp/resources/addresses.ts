import { describeValue } from '../../domain/text.js'
import { invalidParams, type RpcError } from '../rpc-error.js'

export const TASKS_URI = 'spool://tasks'
export const TASK_TEMPLATE = 'spool://tasks/{id}'
/** Form of RFC 6570: `?from=…` only where a place is given. */
export const OUTPUT_TEMPLATE = 'spool://tasks/{id}/output{?from}'

/** A place in a task's output: before a chunk, or within one that did not fit an answer. */
export interface Place {
  /** Index of the chunk. */
  chunk: number
  /** UTF-16 units of that chunk which come before it. */
  skip: number
}

const BEGINNING: Place = { chunk: 0, skip: 0 }

/** What a URI of ours names. */
export type Address =
  | { what: 'tasks' }
  | { what: 'task'; taskId: string }
  | { what: 'output'; taskId: string; from: string }

export function taskUri(taskId: string): string {
  return `${TASKS_URI}/${taskId}`
}

export function outputUri(taskId: string, from: Place = BEGINNING): string {
  const { chunk, skip } = from
  const uri = `${taskUri(taskId)}/output`
  if (skip > 0) return `${uri}?from=${chunk}.${skip}`
  return chunk > 0 ? `${uri}?from=${chunk}` : uri
}

const OF_TASK = /^spool:\/\/tasks\/([\w-]{1,100})(\/output(?:\?from=([^&#]*))?)?$/

/** Undefined where the URI is none of ours. */
export function readAddress(uri: string): Address | undefined {
  if (uri === TASKS_URI) return { what: 'tasks' }
  const [, taskId, output, from = ''] = OF_TASK.exec(uri) ?? []
  if (taskId === undefined) return undefined
  return output === undefined ? { what: 'task', taskId } : { what: 'output', taskId, from }
}

/**
 * Reads what stands behind `from=`: `12`, or `12.8000` within a chunk. Nothing is the beginning, since that is what
 * expanding the template with an empty text gives. Throws RpcError.
 */
export function readPlace(from: string): Place {
  if (from === '') return BEGINNING
  const [, chunk, skip = '0'] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(from) ?? []
  if (chunk !== undefined) return { chunk: Number(chunk), skip: Number(skip) }
  throw wrongPlace(
    `from=${describeValue(from)} is not the index of a chunk; use the URI that the last answer gave, or leave ?from out`,
  )
}

export function wrongPlace(sentence: string): RpcError {
  return invalidParams(sentence, { field: 'from' })
}
