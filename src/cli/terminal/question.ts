import { toDisplayText } from '../../domain/text.js'
import type { QuestionResult } from '../../mcp/results/question.js'

/** A question with its options and the command to respond. */
export function formatQuestion(taskId: string, { question_id, text, options }: QuestionResult): string {
  const width = Math.max(...options.map(({ option_id }) => option_id.length), 0)
  const lines = options.map(({ option_id, label }) => `  ${option_id.padEnd(width)}  ${label}`)
  const example = `spoold respond ${taskId} --question ${question_id} yes`
  return toDisplayText(
    `The agent asks: ${text}\n${lines.join('\n')}\nRespond with an option, yes or no: ${example}\n`,
  )
}
