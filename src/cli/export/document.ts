import type { ChunkAnswer } from '../../mcp/results/chunk.js'
import type { TaskDetailAnswer } from '../../mcp/results/task.js'

export const FORMATS = ['md', 'json', 'txt'] as const
export type Format = (typeof FORMATS)[number]

/** A task as text, piece by piece: it may be larger than memory should hold. */
export interface Document {
  begin(task: TaskDetailAnswer): string
  /** In their order. */
  add(chunk: ChunkAnswer): string
  end(): string
}
