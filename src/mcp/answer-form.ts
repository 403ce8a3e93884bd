import { SpoolError } from '../domain/errors.js'
import type { TaskService } from '../domain/service.js'
import type { Task } from '../domain/task.js'
import { chosenOption } from './task-view.js'

/** A task whose agent waits for an answer. */
export type Asking = Extract<Task, { status: 'input_required' }>

/**
 * Hands on what the user made of a question's form; false where it was only closed. That somebody else was quicker is
 * no failure. Throws SpoolError `invalid_input` for what is no answer to the form, and as TaskService.respond.
 */
export async function answerForm(
  service: TaskService,
  { id, question }: Asking,
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
