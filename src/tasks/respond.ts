import { noQuestion, otherQuestion, SpoolError } from '../domain/errors.js'
import type { Question, QuestionOption } from '../domain/question.js'
import type { RespondRequest } from '../domain/service.js'
import { type Task, toPublicTask } from '../domain/task.js'
import { describeValue } from '../domain/text.js'
import { requireTask } from './require-task.js'
import type { RunContext } from './run/context.js'
import type { Scheduler } from './scheduler.js'

/** Words by which people choose an option, whatever the agent calls it. */
const SYNONYMS: ReadonlyMap<string, QuestionOption['kind'][]> = new Map(
  Object.entries({
    yes: ['allow_once', 'allow_always'],
    allow: ['allow_once', 'allow_always'],
    always: ['allow_always'],
    no: ['reject_once', 'reject_always'],
    deny: ['reject_once', 'reject_always'],
    reject: ['reject_once', 'reject_always'],
    never: ['reject_always'],
  } satisfies Record<string, QuestionOption['kind'][]>),
)

/** Stores a person's response to the open question of a task, then passes it on to the agent. */
export async function respondToQuestion(
  request: RespondRequest,
  scheduler: Scheduler,
  { store, notifier }: RunContext,
): Promise<{ task: Task; question: Question; optionId: string }> {
  const task = await requireTask(store, request.taskId)
  if (task.status !== 'input_required') throw noQuestion(task.id)
  const { question } = task
  const { questionId = question.id } = request
  if (questionId !== question.id) throw otherQuestion(task.id, question.id, describeValue(questionId))
  const response = { questionId, optionId: chooseOption(question, request).id }
  const stored = await store.recordResponse(task.id, response)
  // If this daemon does not run the task, the next one passes the response on.
  const run = await scheduler.find(task.id)
  run?.respond(response)
  // Other clients that show the question can close it.
  notifier.notifyTask(task.id)
  return { task: toPublicTask(stored), question, optionId: response.optionId }
}

/** The chosen option: by its id, or by a text that is its label, its kind or a synonym. Throws `invalid_input`. */
function chooseOption(question: Question, { option, text }: RespondRequest): QuestionOption {
  const { options } = question
  if ((option === undefined) === (text === undefined)) {
    throw invalidResponse(question, 'Give either option or text')
  }
  const given = text ?? option ?? ''
  const word = given.trim().toLowerCase()
  const chosen =
    options.find(({ id }) => id === given) ??
    options.find(({ id, label, kind }) => [id, label, kind].some((name) => name.toLowerCase() === word))
  if (chosen !== undefined) return chosen
  for (const kind of SYNONYMS.get(word) ?? []) {
    const synonym = options.find((candidate) => candidate.kind === kind)
    if (synonym !== undefined) return synonym
  }
  throw invalidResponse(question, 'That is not one of the options')
}

function invalidResponse({ text, options }: Question, problem: string): SpoolError {
  const choices = options.map(({ id, label }) => `${id} (${label})`).join(', ')
  return new SpoolError('invalid_input', `${problem}; the options for "${text}" are: ${choices}.`, {
    field: 'option',
  })
}
