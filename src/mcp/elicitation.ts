import { invalidField, SpoolError } from '../domain/errors.js'
import type { Question } from '../domain/question.js'
import type { TaskService } from '../domain/service.js'
import type { Task } from '../domain/task.js'
import { describeValue } from '../domain/text.js'
import type { Call, InputRequest } from './call.js'

/** A task whose agent waits for a response. */
export type AskingTask = Extract<Task, { status: 'input_required' }>

/** Marks a message as belonging to a task (2025-11-25, basic/utilities/tasks). */
export function relatedTo(taskId: string): Record<string, { taskId: string }> {
  return { 'io.modelcontextprotocol/related-task': { taskId } }
}

/**
 * An agent's question as a form that the client shows to its user, with the agent's words marked as such; the content
 * of the response has `option`.
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
 * Passes the user's response to a question's form on to the agent; false if the user only closed the form. It is no
 * failure if somebody else responded first. Throws SpoolError `invalid_input` for a response that does not fit the
 * form, and as TaskService.respond does.
 */
export async function respondWithForm(
  service: TaskService,
  { id, question }: AskingTask,
  response: unknown,
): Promise<boolean> {
  const option = chosenOption(question, response)
  if (option === undefined) return false
  try {
    await service.respond({ taskId: id, option, questionId: question.id })
  } catch (error) {
    if (!(error instanceof SpoolError && error.code === 'no_question')) throw error
  }
  return true
}

/** The chosen option, or the one that rejects if the user declined; undefined if the user closed the form. */
function chosenOption({ id, options }: Question, response: unknown): string | undefined {
  const { action, content } = (response ?? {}) as { action?: unknown; content?: { option?: unknown } | null }
  if (action === 'cancel') return undefined
  if (action === 'decline') {
    const rejecting = ['reject_once', 'reject_always'] as const
    return rejecting.map((kind) => options.find((option) => option.kind === kind)?.id).find(Boolean)
  }
  const { option } = content ?? {}
  const chosen = options.find((known) => known.id === option)
  if (action === 'accept' && chosen !== undefined) return chosen.id
  const problem =
    action === 'accept'
      ? `content.option must be one of ${options.map((known) => known.id).join(', ')}, got ${describeValue(option)}`
      : `action must be accept, decline or cancel, got ${describeValue(action)}`
  throw invalidField('inputResponses', `has no valid response to question ${id}: ${problem}`)
}

export interface Elicitation {
  /**
   * To be called with each state of the task; shows a new question to the user. True while the user has the form of
   * the open question; `onClosed` is called when that ends without a response.
   */
  isShown(task: Task, onClosed: () => void): boolean
  /** Tells the client that the response is no longer needed. */
  withdraw(): void
}

/**
 * Shows a task's questions to the user of a client that can be asked during a call, each once and beside the wait:
 * somebody else may respond, or the task may end. A closed form leaves the question open for the respond tool.
 */
export function createElicitation(
  service: TaskService,
  taskId: string,
  { request, clientCapabilities }: Call,
): Elicitation {
  const shown = new Set<string>()
  let current: { id: string; withdrawn: AbortController } | undefined

  async function show(task: AskingTask, withdrawn: AbortSignal): Promise<void> {
    const form = questionForm(task)
    for (let problem = ''; ; ) {
      const params = { ...form.params, message: `${problem}${form.params.message}`, _meta: relatedTo(taskId) }
      const response = await request?.({ ...form, params }, withdrawn)
      try {
        if (await respondWithForm(service, task, response)) return
        throw new Error('the user closed the form')
      } catch (error) {
        // The user learns what is wrong with the response, once.
        const isInvalid = error instanceof SpoolError && error.code === 'invalid_input'
        if (!isInvalid || problem !== '') throw error
        problem = `${error.message}. `
      }
    }
  }

  function withdraw(): void {
    current?.withdrawn.abort('The question has been answered, or the call no longer waits.')
    current = undefined
  }

  return {
    isShown(task, onClosed) {
      const id = task.status === 'input_required' ? task.question.id : undefined
      if (current !== undefined && current.id !== id) withdraw()
      if (task.status !== 'input_required' || id === undefined) return false
      if (request === undefined || !clientCapabilities.has('elicitation')) return false
      if (shown.has(id)) return current?.id === id
      shown.add(id)
      const mine = { id, withdrawn: new AbortController() }
      current = mine
      // Closed, never shown, or not stored: the question stays open with the task.
      show(task, mine.withdrawn.signal).catch(() => {
        if (current === mine) current = undefined
        onClosed()
      })
      return true
    },
    withdraw,
  }
}
