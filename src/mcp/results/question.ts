import { z } from 'zod'
import { OPTION_KINDS, type Question } from '../../domain/question.js'
import { ellipsizeBytes } from '../../domain/text.js'

/** What an agent asks for during its work. */
export const questionResult = z.object({
  question_id: z.string(),
  text: z.string().describe('What the agent wants to do'),
  options: z.array(z.object({ option_id: z.string(), label: z.string(), kind: z.enum(OPTION_KINDS) })),
})
export type QuestionResult = z.infer<typeof questionResult>

export function toQuestionResult({ id, text, options }: Question): QuestionResult {
  return {
    question_id: id,
    text,
    options: options.map(({ id, label, kind }) => ({ option_id: id, label, kind })),
  }
}

/** The question with its texts cut to `maxBytes` each. An option whose id is longer is left out: half an id chooses nothing. */
export function clipQuestion(question: Question, maxBytes: number): Question {
  return {
    id: question.id,
    text: ellipsizeBytes(question.text, maxBytes),
    options: question.options
      .filter(({ id }) => Buffer.byteLength(id) <= maxBytes)
      .map((option) => ({ ...option, label: ellipsizeBytes(option.label, maxBytes) })),
  }
}
