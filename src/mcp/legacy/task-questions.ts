import type { Task } from '../../domain/task.js'
import type { Call } from '../offer/call.js'
import type { ProtocolTasks } from '../offer/protocol-tasks.js'
import { chosenOption, questionForm } from '../offer/task-view.js'
import type { Ask } from './asking.js'

/** What marks a message as belonging to a task (2025-11-25, basic/utilities/tasks). */
export function relatedTo(taskId: string): Record<string, { taskId: string }> {
  return { 'io.modelcontextprotocol/related-task': { taskId } }
}

/**
 * Puts a task's questions to the user of a client that waits for its result, each once, beside the wait: somebody else
 * may answer, or the task may end. A form that is closed leaves the question open for kiro_task_respond.
 */
export function askAbout(tasks: ProtocolTasks, taskId: string, { answers }: Call, ask: Ask) {
  const asked = new Set<string>()
  let current: AbortController | undefined

  async function put(question: Extract<Task, { status: 'input_required' }>['question'], taken: AbortSignal) {
    const form = questionForm(question)
    const params = { ...form.params, _meta: relatedTo(taskId) }
    const option = chosenOption(question, await ask({ ...form, params }, taken))
    if (option !== undefined) await tasks.service.respond({ taskId, option, questionId: question.id })
  }

  function takeBack(): void {
    current?.abort('The question is answered, or the task has ended.')
    current = undefined
  }

  return {
    /** To be called with each new state of the task. */
    look(task: Task): void {
      const question = task.status === 'input_required' ? task.question : undefined
      if (question === undefined) takeBack()
      if (question === undefined || asked.has(question.id) || !answers.has('elicitation')) return
      takeBack()
      asked.add(question.id)
      const taken = new AbortController()
      current = taken
      put(question, taken.signal)
        // The client cannot ask, or somebody was quicker: the question stays with the task, and the wait goes on.
        .catch(() => {})
        .finally(() => {
          if (current === taken) current = undefined
        })
    },
    /** Tells the client that its answer is no longer wanted. */
    takeBack,
  }
}
