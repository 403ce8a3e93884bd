import type { TaskProgress } from '../domain/service.js'
import { type StartAnswer, startBytes, toStartAnswer } from './answers/start.js'
import type { Detail } from './answers/status.js'
import { fitStatus } from './fit-status.js'
import type { ToolAnswer } from './tool.js'

/** The answer to a start that waited for its task: the handle, and what a first poll tells, all within the budget. */
export function fitStart(
  progress: TaskProgress,
  fit: { maxBytes: number; detail: Detail; now: number; rename: (text: string) => string },
): ToolAnswer<StartAnswer> {
  const { task } = progress
  const maxBytes = fit.maxBytes - startBytes(task, fit.rename)
  return toStartAnswer(task, fit.rename, fitStatus(progress, { ...fit, from: 0, maxBytes }))
}
