import { z } from 'zod'
import { CHUNK_KINDS, type Chunk } from '../../domain/chunk.js'
import { iso } from './time.js'

export const chunkAnswer = z.object({
  index: z.int(),
  kind: z.enum(CHUNK_KINDS),
  content: z.string(),
  timestamp: z.string(),
  is_final: z.boolean(),
})
export type ChunkAnswer = z.infer<typeof chunkAnswer>

export function toChunkAnswer(chunk: Chunk): ChunkAnswer {
  return {
    index: chunk.index,
    kind: chunk.kind,
    content: chunk.content,
    timestamp: iso(chunk.at),
    is_final: chunk.isFinal,
  }
}
