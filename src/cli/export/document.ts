import type { ChunkResult } from '../../mcp/results/chunk.js'
import type { TaskDetailResult } from '../../mcp/results/task.js'

export const FORMATS = ['md', 'json', 'txt'] as const
export type Format = (typeof FORMATS)[number]

/** A task as text, piece by piece: it may be larger than memory should hold. */
export interface Document {
  begin(task: TaskDetailResult): string
  /** In their order. */
  add(chunk: ChunkResult): string
  end(): string
}
