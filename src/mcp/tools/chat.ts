import { z } from 'zod'
import { SpoolError } from '../../domain/errors.js'
import type { OperatorService } from '../../domain/service.js'
import type { TaskOutline } from '../../domain/task.js'
import type { InputRequired } from '../call.js'
import { createElicitation, questionForm, respondWithForm } from '../elicitation.js'
import { chatResult, readFromStart, startResult } from '../results/start.js'
import { DEFAULT_CHAT_WAIT_MS, LARGE_RESULTS } from '../schema/limits.js'
import { startFields, toStartRequest } from '../schema/start-fields.js'
import { assertWaitAllowed, maxBytes, waitMs } from '../schema/task-fields.js'
import { waitForTask } from '../wait.js'
import { type CallContext, CREATES, defineTool } from './tool.js'

export const chat = defineTool({
  name: 'chat',
  title: 'Ask an agent and wait',
  description: (tool) =>
    'Gives a message to an agent and waits for its answer, for work of less than a minute. Longer work continues in the ' +
    `background: the result then has a task_id for ${tool('task_status')}. Use ${tool('chat_async')} for long work.`,
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
    const { taskId, closedQuestion } = await startOrResume(service, context, start)
    const elicitation = createElicitation(service, taskId, context)
    try {
      await waitForTask(service, taskId, context, input.wait_ms, (task, recheck) => {
        const isShown = elicitation.isShown(task, recheck)
        return task.status === 'input_required' && !isShown
      })
    } finally {
      elicitation.withdraw()
    }
    const maxBytes = input.max_bytes ?? context.maxBytes
    const progress = await readFromStart(service, taskId, maxBytes)
    return (
      askInResult(progress.task, closedQuestion, context) ?? chatResult(progress, { ...context, maxBytes })
    )
  },
  async start(service, input, context) {
    const request = { ...toStartRequest(input, context), minTtlMs: context.keepMs }
    return (await service.start(request)).task.id
  },
})

/**
 * Starts a task, or resumes the one that asked if the client repeats its call with its user's response.
 * `closedQuestion` is the question whose form the user closed. `requestState` is the task's id; a client with the token
 * may name any task, so it needs no signature.
 */
async function startOrResume(
  service: OperatorService,
  { requestState, inputResponses = {} }: CallContext,
  start: () => Promise<string>,
): Promise<{ taskId: string; closedQuestion?: string }> {
  if (requestState === undefined) {
    if (Object.keys(inputResponses).length > 0) throw missingState()
    return { taskId: await start() }
  }
  const task = await service.get(requestState)
  const taskId = task.id
  if (task.status !== 'input_required') return { taskId }
  const { id } = task.question
  if (inputResponses[id] === undefined) return { taskId }
  const isAnswered = await respondWithForm(service, task, inputResponses[id])
  return isAnswered ? { taskId } : { taskId, closedQuestion: id }
}

/** Starting the work a second time would lose the response. */
function missingState(): SpoolError {
  return new SpoolError(
    'invalid_input',
    'inputResponses came without requestState: repeat the call with both, as the last result gave them',
    { field: 'requestState' },
  )
}

/** Asks the user by the result, if the client is asked that way; a form that the user closed is not shown again. */
function askInResult(
  task: TaskOutline,
  closedQuestion: string | undefined,
  { request, clientCapabilities }: CallContext,
): InputRequired | undefined {
  if (task.status !== 'input_required' || request !== undefined) return undefined
  if (!clientCapabilities.has('elicitation')) return undefined
  const { id } = task.question
  if (id === closedQuestion) return undefined
  return { inputRequests: { [id]: questionForm(task) }, requestState: task.id }
}
