import type { TaskProgress } from '../../domain/service.js'
import type { StartAnswer } from '../answers/start.js'
import type { ToolAnswer } from '../tool.js'
import { fitStart } from './fit-start.js'

/** What kiro_chat answers: the agent's text as far as it fits, and the handle to read on. */
export function chatAnswer(
  progress: TaskProgress,
  view: { maxBytes: number; now: () => number; rename: (text: string) => string },
): ToolAnswer<StartAnswer> {
  const { status } = progress.task
  const fit = { maxBytes: view.maxBytes, detail: 'both', now: view.now(), rename: view.rename } as const
  const answer = fitStart(progress, fit)
  return status === 'failed' || status === 'cancelled' ? { ...answer, isError: true } : answer
}
