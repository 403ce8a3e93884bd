import type { TaskOutline } from '../../domain/task.js'
import { clipQuestion } from '../results/question.js'
import { hasChunks, type OutputMode, type StatusResult } from '../results/status.js'

export interface NoteView {
  detail: OutputMode
  /** Something of what was asked for is in this answer. */
  isTextGiven: boolean
  /** Bound for each text of a question, bytes. */
  longestText: number
}

/** How to read what structuredContent does not hold; empty where it holds all. */
export function statusNote(task: TaskOutline, answer: StatusResult, view: NoteView): string {
  return [whereTheTextIs(view), howToReadTheResult(task, answer, view), whatIsCut(task, view)]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

/** Many hosts show a model either the text block or structuredContent, never both. */
function whereTheTextIs({ detail, isTextGiven }: NoteView): string {
  return detail === 'text' && isTextGiven
    ? 'The output is in the text block; where you do not see that, use detail "content".'
    : ''
}

/** Only for programs that ask for chunks: who reads text has read the result. */
function howToReadTheResult(task: TaskOutline, answer: StatusResult, { detail }: NoteView): string {
  if (task.status !== 'completed' || answer.has_more) return ''
  if (!hasChunks(detail)) return ''
  return 'The result is the text chunks joined; from_chunk_index 0 with detail "text" reads it.'
}

function whatIsCut(task: TaskOutline, { longestText }: NoteView): string {
  if (task.status !== 'input_required') return ''
  const { options } = clipQuestion(task.question, longestText)
  return options.length < task.question.options.length ? 'Options are left out: raise max_bytes.' : ''
}
