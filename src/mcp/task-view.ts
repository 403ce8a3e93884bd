import prettyMilliseconds from 'pretty-ms'
import { RPC, SpoolError } from '../domain/errors.js'
import type { Question } from '../domain/question.js'
import { isEnded, type Task } from '../domain/task.js'
import { describeValue } from '../domain/text.js'
import type { InputRequest } from './call.js'
import { iso } from './results/time.js'
import { RpcError } from './rpc-error.js'
import type { ToolNames } from './wording.js'

/** A task as both generations of MCP's tasks tell it; each has its own names for `ttl` and `pollInterval`. */
export interface TaskView {
  taskId: string
  status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled'
  /** One line for a person or a model. */
  statusMessage: string
  /** ISO 8601. */
  createdAt: string
  lastUpdatedAt: string
  /** ms from the creation until the purge may take it; null while it works and where it is pinned. */
  ttl: number | null
}

/** How often a client is asked to look, ms. */
export const POLL_INTERVAL_MS = 2_000

export function viewTask(task: Task, now: number, tool: ToolNames): TaskView {
  return {
    taskId: task.id,
    status: protocolStatus(task),
    statusMessage: statusMessage(task, now, tool),
    createdAt: iso(task.createdAt),
    lastUpdatedAt: iso(lastChange(task)),
    ttl: isEnded(task) && !task.pinned ? task.expiresAt - task.createdAt : null,
  }
}

/** Ends of a task at which nothing was run, so that there is no result to tell: MCP's `failed`. */
export function wasNotRun(task: Task): boolean {
  return isEnded(task) && (task.endReason === 'launch_error' || task.endReason === 'agent_missing')
}

/** Why such a task has no result. */
export function notRunError(task: Task): RpcError {
  const isMissing = isEnded(task) && task.endReason === 'agent_missing'
  const sentence = task.status === 'failed' ? task.error : 'The task could not be run'
  return new RpcError(RPC.internal, isMissing ? 'agent_missing' : 'launch_error', sentence, {
    task_id: task.id,
  })
}

/** An agent that failed has given a result all the same, which says so; `failed` is for what could not be run. */
function protocolStatus(task: Task): TaskView['status'] {
  if (task.status === 'cancelled' || task.status === 'input_required') return task.status
  if (!isEnded(task)) return 'working'
  return wasNotRun(task) ? 'failed' : 'completed'
}

function statusMessage(task: Task, now: number, tool: ToolNames): string {
  if (task.status === 'failed') return task.error
  if (isEnded(task)) return task.status === 'completed' ? 'Done.' : 'Cancelled.'
  if (task.status === 'input_required') {
    return `Waits for a permission: ${task.question.text} (${tool('task_respond')} answers it)`
  }
  if (task.status === 'pending') return 'Waits for its turn.'
  if (task.lastOutputAt === null) return 'Running, no output yet.'
  const quiet = prettyMilliseconds(Math.max(0, now - task.lastOutputAt), { secondsDecimalDigits: 0 })
  return `Running, ${task.chunkCount} chunks, last output ${quiet} ago.`
}

function lastChange(task: Task): number {
  if (isEnded(task)) return task.completedAt
  const startedAt = task.status === 'pending' ? task.createdAt : task.startedAt
  return Math.max(startedAt, task.lastOutputAt ?? 0)
}

/**
 * An agent's question as a form that the client shows to its user, with the words of the agent marked as such; the
 * answer's content has `option`.
 */
export function questionForm({ agent, question }: { agent: string; question: Question }): InputRequest {
  const choices = question.options.map(({ id, label }) => ({ const: id, title: label }))
  const option = { type: 'string', title: 'Answer', oneOf: choices }
  return {
    method: 'elicitation/create',
    params: {
      mode: 'form',
      message: `spoold: the agent ${agent} asks for permission: ${question.text}`,
      requestedSchema: { type: 'object', properties: { option }, required: ['option'] },
    },
  }
}

/**
 * The option that the answer to a question's form chooses: the one that was taken, or where the user declined, the one
 * that rejects; undefined where the user only closed the form. Throws SpoolError `invalid_input` for what is no answer to
 * the form.
 */
export function chosenOption({ id, options }: Question, response: unknown): string | undefined {
  const { action, content } = (response ?? {}) as { action?: unknown; content?: { option?: unknown } | null }
  if (action === 'cancel') return undefined
  if (action === 'decline') {
    const rejecting = ['reject_once', 'reject_always'] as const
    return rejecting.map((kind) => options.find((option) => option.kind === kind)?.id).find(Boolean)
  }
  const { option } = content ?? {}
  const chosen = options.find((known) => known.id === option)
  if (action === 'accept' && chosen !== undefined) return chosen.id
  const sentence =
    action === 'accept'
      ? `content.option must be one of ${options.map((known) => known.id).join(', ')}, got ${describeValue(option)}`
      : `action must be accept, decline or cancel, got ${describeValue(action)}`
  throw new SpoolError('invalid_input', `The answer to question ${id} fits it not: ${sentence}`, {
    field: 'inputResponses',
  })
}
