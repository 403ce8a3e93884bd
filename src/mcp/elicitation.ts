import { SpoolError } from '../domain/errors.js'
import type { TaskService } from '../domain/service.js'
import type { Task } from '../domain/task.js'
import { type Asking, answerForm } from './answer-form.js'
import type { Call } from './call.js'
import { questionForm } from './task-view.js'

/** What marks a message as belonging to a task (2025-11-25, basic/utilities/tasks). */
export function relatedTo(taskId: string): Record<string, { taskId: string }> {
  return { 'io.modelcontextprotocol/related-task': { taskId } }
}

export interface Questions {
  /**
   * To be called with each state of the task; puts a new question to the user. True while the user has the form of the
   * one that is open; `onClosed` is called when that changes without an answer.
   */
  isWithUser(task: Task, onClosed: () => void): boolean
  /** Tells the client that its answer is no longer wanted. */
  withdraw(): void
}

/**
 * Puts a task's questions to the user of a client that can be asked in the middle of a call, each once and beside the
 * wait: somebody else may answer, or the task may end. A form that is closed leaves the question open for
 * kiro_task_respond.
 */
export function elicitAnswers(
  service: TaskService,
  taskId: string,
  { ask, clientCapabilities: answers }: Call,
): Questions {
  const asked = new Set<string>()
  let current: { id: string; taken: AbortController } | undefined

  async function put(task: Asking, taken: AbortSignal): Promise<void> {
    const form = questionForm(task)
    for (let reason = ''; ; ) {
      const message = `${reason}${form.params.message}`
      const params = { ...form.params, message, _meta: relatedTo(taskId) }
      const response = await ask?.({ ...form, params }, taken)
      try {
        if (await answerForm(service, task, response)) return
        throw new Error('the user closed the form')
      } catch (error) {
        // What was filled in is no answer: the user is told why, once.
        const isUnusable = error instanceof SpoolError && error.code === 'invalid_input'
        if (!isUnusable || reason !== '') throw error
        reason = `${error.message}. `
      }
    }
  }

  function withdraw(): void {
    current?.taken.abort('The question is answered, or nobody waits here any more.')
    current = undefined
  }

  return {
    isWithUser(task, onClosed) {
      const id = task.status === 'input_required' ? task.question.id : undefined
      if (current !== undefined && current.id !== id) withdraw()
      if (task.status !== 'input_required' || id === undefined) return false
      if (ask === undefined || !answers.has('elicitation')) return false
      if (asked.has(id)) return current?.id === id
      asked.add(id)
      const mine = { id, taken: new AbortController() }
      current = mine
      // Closed, or never shown, or not stored: the question stays with the task. Where somebody was quicker it is none.
      put(task, mine.taken.signal).catch(() => {
        if (current === mine) current = undefined
        onClosed()
      })
      return true
    },
    withdraw,
  }
}
