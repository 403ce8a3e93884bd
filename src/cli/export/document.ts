import type { ChunkResult } from '../../mcp/results/chunk.js'
import type { TaskDetailResult } from '../../mcp/results/task.js'

export const FORMATS = ['md', 'json', 'txt'] as const
export type Format = (typeof FORMATS)[number]

/** Formats a task piece by piece, because it can be too large for memory. */
export interface Document {
  begin(task: TaskDetailResult): string
  /** Called for each chunk, in order. */
  add(chunk: ChunkResult): string
  end(): string
}
