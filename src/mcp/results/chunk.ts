import { z } from 'zod'
import { CHUNK_KINDS, type Chunk } from '../../domain/chunk.js'
import { iso } from './time.js'

export const chunkResult = z.object({
  index: z.int(),
  kind: z.enum(CHUNK_KINDS),
  content: z.string(),
  timestamp: z.string(),
  is_final: z.boolean(),
})
export type ChunkResult = z.infer<typeof chunkResult>

export function toChunkResult({ index, kind, content, at, isFinal }: Chunk): ChunkResult {
  return { index, kind, content, timestamp: iso(at), is_final: isFinal }
}
