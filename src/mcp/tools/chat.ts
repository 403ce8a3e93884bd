import { z } from 'zod'
import { SpoolError } from '../../domain/errors.js'
import type { OperatorService, TaskProgress } from '../../domain/service.js'
import { answerForm } from '../answer-form.js'
import type { InputRequired } from '../call.js'
import { elicitAnswers } from '../elicitation.js'
import { chatResult, readFromStart, startResult } from '../results/start.js'
import { DEFAULT_CHAT_WAIT_MS, LARGE_RESULTS } from '../schema/limits.js'
import { assertWaitAllowed } from '../schema/long-wait.js'
import { startFields, toStartRequest } from '../schema/start-fields.js'
import { maxBytes, waitMs } from '../schema/task-fields.js'
import { questionForm } from '../task-view.js'
import { followTask } from '../wait.js'
import { type CallContext, CREATES, defineTool } from './tool.js'

export const chat = defineTool({
  name: 'chat',
  title: 'Ask an agent and wait',
  description: (tool) =>
    'Hands a message to an agent and waits for its answer, for work of less than a minute. What takes longer goes on ' +
    `in the background: the answer then has a task_id for ${tool('task_status')}. Use ${tool('chat_async')} for long work.`,
  input: z.strictObject({
    ...startFields,
    wait_ms: waitMs.default(DEFAULT_CHAT_WAIT_MS),
    max_bytes: maxBytes.optional(),
  }),
  result: startResult,
  annotations: { ...CREATES, openWorldHint: true },
  meta: LARGE_RESULTS,
  async handle(service, input, context) {
    assertWaitAllowed(input.wait_ms, context)
    const start = async () => (await service.start(toStartRequest(input, context))).task.id
    const { taskId, closed } = await taskOf(service, context, start)
    const questions = elicitAnswers(service, taskId, context)
    try {
      await followTask(service, taskId, context, input.wait_ms, (task, lookAgain) => {
        const isWithUser = questions.isWithUser(task, lookAgain)
        return task.status === 'input_required' && !isWithUser
      })
    } finally {
      questions.withdraw()
    }
    const budget = input.max_bytes ?? context.maxBytes
    const progress = await readFromStart(service, taskId, budget)
    return questionFor(progress, closed, context) ?? chatResult(progress, { ...context, maxBytes: budget })
  },
  async start(service, input, context) {
    const request = { ...toStartRequest(input, context), minTtlMs: context.keepMs }
    return (await service.start(request)).task.id
  },
})

/**
 * The task of a call: a new one, or where the client repeats its call with its user's answer, the one that asked;
 * `closed` is the question whose form the user closed. `requestState` is the task's id; who has the token may name any
 * task, so nothing hangs on where it comes from.
 */
async function taskOf(
  service: OperatorService,
  { requestState, inputResponses = {} }: CallContext,
  start: () => Promise<string>,
): Promise<{ taskId: string; closed?: string }> {
  if (requestState === undefined) {
    if (Object.keys(inputResponses).length > 0) throw withoutState()
    return { taskId: await start() }
  }
  const task = await service.get(requestState)
  const taskId = task.id
  if (task.status !== 'input_required') return { taskId }
  const { id } = task.question
  if (inputResponses[id] === undefined) return { taskId }
  return (await answerForm(service, task, inputResponses[id])) ? { taskId } : { taskId, closed: id }
}

/** It would start the work a second time, and the answer would be lost. */
function withoutState(): SpoolError {
  return new SpoolError(
    'invalid_input',
    'inputResponses came without requestState: repeat the call with both, as the result before gave them',
    { field: 'requestState' },
  )
}

/** Asks the user by the result, where the client is one that is asked so; a form that was closed is not put again. */
function questionFor(
  { task }: TaskProgress,
  closed: string | undefined,
  { ask, clientCapabilities: answers }: CallContext,
): InputRequired | undefined {
  if (task.status !== 'input_required' || ask !== undefined || !answers.has('elicitation')) return undefined
  const { id } = task.question
  return id === closed ? undefined : { inputRequests: { [id]: questionForm(task) }, requestState: task.id }
}
