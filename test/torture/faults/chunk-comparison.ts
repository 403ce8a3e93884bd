import { LOST_CHUNK } from '../../../src/store/recovery/rebuild-chunks.js'
import { type Damage, PAGE } from './damage-file.js'

interface ChunkText {
  index: number
  kind: string
  content: string
}

/**
 * Counts the chunks that are the same as before the damage. Throws for a chunk that is neither the same nor reported as lost.
 *
 * @param after read from a damaged or recovered database
 */
export function countUnchanged(
  before: ChunkText[],
  after: ChunkText[],
  damage: Damage,
  hint: string,
): number {
  let count = 0
  for (const { index, kind, content } of after) {
    const original = before[index]
    if (
      original !== undefined &&
      original.kind === kind &&
      differingBytes(original.content, content) <= undetectableBytes(content, damage)
    )
      count += 1
    else if (kind === 'notice' && content === LOST_CHUNK) continue
    // The recovery appends these final chunks behind the stored ones.
    else if (/lost when the database was damaged|may repeat what was told/.test(content)) continue
    else
      throw new Error(
        `${hint}: chunk ${index} is neither unchanged nor reported as lost: ${content.slice(0, 200)}`,
      )
  }
  return count
}

/**
 * How many changed bytes of a text no check can detect. Only a large text has pages that contain nothing else, so that a page of
 * another text can replace one.
 */
function undetectableBytes(content: string, { strayBytes, strayPages }: Damage): number {
  return content.length > PAGE / 4 ? strayBytes + strayPages * PAGE : strayBytes
}

/** How many bytes differ; Infinity if the lengths differ. */
export function differingBytes(one: string, other: string): number {
  if (one === other) return 0
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  return a.reduce((sum, byte, at) => sum + (byte === b[at] ? 0 : 1), 0)
}
