import { z } from 'zod'
import type { OperatorService, TaskProgress } from '../../domain/service.js'
import type { Task } from '../../domain/task.js'
import { startAnswer } from '../answers/start.js'
import { chatAnswer } from '../fit/chat-answer.js'
import { DEFAULT_CHAT_WAIT_MS, LARGE_ANSWERS } from '../inputs/limits.js'
import { refuseLongWait } from '../inputs/long-wait.js'
import { startFields, toStartRequest } from '../inputs/start-fields.js'
import { maxBytes, waitMs } from '../inputs/task-fields.js'
import type { InputRequired } from '../offer/call.js'
import { chosenOption, questionForm } from '../offer/task-view.js'
import { type CallContext, CREATES, defineTool } from '../tool.js'
import { statusWhileTelling } from '../waits/waiting.js'

export const chat = defineTool({
  name: 'kiro_chat',
  title: 'Ask an agent and wait',
  description:
    'Hands a message to an agent and waits for its answer, for work of less than a minute. What takes longer goes on ' +
    'in the background: the answer then has a task_id for kiro_task_status. Use kiro_chat_async for long work.',
  input: z.strictObject({
    ...startFields,
    wait_ms: waitMs.default(DEFAULT_CHAT_WAIT_MS),
    max_bytes: maxBytes.optional(),
  }),
  answer: startAnswer,
  annotations: { ...CREATES, openWorldHint: true },
  meta: LARGE_ANSWERS,
  async handle(service, input, context) {
    refuseLongWait(input.wait_ms, context)
    const { task, from } = await taskOf(service, context, async () => {
      return (await service.start(toStartRequest(input, context))).task
    })
    const budget = input.max_bytes ?? context.maxBytes
    const wait = { from, waitMs: input.wait_ms, waitFor: 'done', maxBytes: 1 } as const
    await statusWhileTelling(service, task.id, wait, context)
    const query = { from: 0, waitMs: 0, waitFor: 'done', maxBytes: budget } as const
    const progress = await service.status(task.id, query)
    return questionFor(progress, context) ?? chatAnswer(progress, { ...context, maxBytes: budget })
  },
  async start(service, input, context) {
    const request = { ...toStartRequest(input, context), minTtlMs: context.keepMs }
    return (await service.start(request)).task.id
  },
})

/**
 * The task of a call: a new one, or where the client repeats its call with its user's answer, the one that asked.
 * `from` is the chunk to wait for: where a question was just answered, it is itself no news to wait for.
 * `requestState` is the task's id; who has the token may name any task, so nothing hangs on where it comes from.
 */
async function taskOf(
  service: OperatorService,
  { requestState, inputResponses = {} }: CallContext,
  start: () => Promise<Task>,
): Promise<{ task: Task; from: number }> {
  if (requestState === undefined) return { task: await start(), from: 0 }
  const task = await service.get(requestState)
  if (task.status !== 'input_required') return { task, from: 0 }
  const { id } = task.question
  const option = chosenOption(task.question, inputResponses[id])
  if (option === undefined) return { task, from: 0 }
  const answered = await service.respond({ taskId: task.id, option, questionId: id })
  return { task: answered.task, from: task.chunkCount }
}

/** Asks the user what the agent asks, where the client can; who closed the form before is not asked again. */
function questionFor({ task }: TaskProgress, context: CallContext): InputRequired | undefined {
  if (task.status !== 'input_required' || !context.answers.has('elicitation')) return undefined
  const { question } = task
  if (context.inputResponses?.[question.id] !== undefined) return undefined
  return { inputRequests: { [question.id]: questionForm(question) }, requestState: task.id }
}
