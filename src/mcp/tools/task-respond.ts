import { z } from 'zod'
import { TASK_STATUSES } from '../../domain/task.js'
import { identifier, text } from '../schema/fields.js'
import { taskId } from '../schema/task-fields.js'
import { defineTool, ENDS } from './tool.js'

export const respondResult = z.object({
  success: z.literal(true),
  task_id: z.string(),
  status: z.enum(TASK_STATUSES),
  question_id: z.string(),
  option_id: z.string().describe('The option that was chosen'),
  message: z.string(),
})
export type RespondResult = z.infer<typeof respondResult>

const optionRemedy = 'use an option_id of the open question'

export const taskRespond = defineTool({
  name: 'task_respond',
  title: "Respond to an agent's question",
  description:
    'Responds to the question of a task whose status is input_required: the agent asks for permission and waits. Give ' +
    'option (an option_id of the question) or text (the name of an option, or yes or no). Ask the user if you are not sure.',
  input: z.strictObject({
    task_id: taskId,
    option: identifier({ about: 'option_id of the chosen option', remedy: optionRemedy }).optional(),
    text: text({
      about: 'The choice in words: the name of an option, or yes or no',
      remedy: optionRemedy,
    }).optional(),
    question_id: identifier({
      about: 'The question that is meant, so that the response does not go to a later one',
      remedy: 'omit it to respond to the open question',
    }).optional(),
  }),
  result: respondResult,
  annotations: { ...ENDS, idempotentHint: false },
  async handle(service, input) {
    const { task, question, optionId } = await service.respond({
      taskId: input.task_id,
      option: input.option,
      text: input.text,
      questionId: input.question_id,
    })
    const label = question.options.find(({ id }) => id === optionId)?.label ?? optionId
    const message = `Answered "${label}" to: ${question.text}. The task continues.`
    const structured = {
      success: true as const,
      task_id: task.id,
      status: task.status,
      question_id: question.id,
      option_id: optionId,
      message,
    }
    return { structured, text: `${task.id}: ${message}` }
  },
})
