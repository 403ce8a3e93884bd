import type { TaskProgress } from '../../domain/service.js'
import { outputLink } from '../resources/links.js'
import { type StartResult, startBytes, toStartResult } from '../results/start.js'
import type { OutputMode } from '../results/status.js'
import { MIN_ANSWER_BYTES } from '../schema/limits.js'
import type { ToolResult } from '../tools/tool.js'
import type { ToolNames } from '../wording.js'
import { fitStatus } from './status.js'

/**
 * The answer to a start that waited for its task: the handle, and what a first poll tells, all within the budget. The
 * link to the output is left out of the smallest answers.
 */
export function fitStart(
  progress: TaskProgress,
  fit: { maxBytes: number; detail: OutputMode; now: number; tool: ToolNames },
): ToolResult<StartResult> {
  const { task } = progress
  const room = fit.maxBytes - startBytes(task, fit.tool)
  const roomBesideLink = room - Buffer.byteLength(`,${JSON.stringify(outputLink(task))}`)
  const hasLink = roomBesideLink >= MIN_ANSWER_BYTES
  const poll = fitStatus(progress, { ...fit, from: 0, maxBytes: hasLink ? roomBesideLink : room })
  const { structured, text, links = [] } = toStartResult(task, fit.tool, poll)
  return { structured, text, links: hasLink ? links : [] }
}
