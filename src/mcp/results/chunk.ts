import { z } from 'zod'
import { CHUNK_KINDS, type Chunk } from '../../domain/chunk.js'
import { iso } from './time.js'

export const chunkResult = z.object({
  index: z.int(),
  kind: z.enum(CHUNK_KINDS),
  content: z.string(),
  timestamp: z.string(),
  is_final: z.boolean().describe('In a part: it ends the final chunk'),
  is_partial: z.literal(true).optional().describe('content is only a part of the chunk, from offset on'),
  offset: z.int().optional().describe('UTF-16 units of the chunk before this part'),
})
export type ChunkResult = z.infer<typeof chunkResult>

/** What an answer gives of a chunk: the UTF-16 units from `start` up to `end`, which are all of them as a rule. */
export interface Part {
  chunk: Chunk
  start: number
  end: number
}

export function toPart(chunk: Chunk, start = 0): Part {
  return { chunk, start, end: chunk.content.length }
}

export function contentOf({ chunk, start, end }: Part): string {
  return chunk.content.slice(start, end)
}

/** Whether the rest of the chunk is left for the next answer. */
export function isBeginning({ chunk, end }: Part): boolean {
  return end < chunk.content.length
}

export function toChunkResult(part: Part): ChunkResult {
  const { chunk, start } = part
  return {
    index: chunk.index,
    kind: chunk.kind,
    content: contentOf(part),
    timestamp: iso(chunk.at),
    is_final: chunk.isFinal && !isBeginning(part),
    ...(start > 0 || isBeginning(part) ? { is_partial: true as const, offset: start } : {}),
  }
}
