import { LOST_CHUNK } from '../../../src/store/recovery/rebuild-chunks.js'
import { type Damage, PAGE } from './damage-file.js'

interface Told {
  index: number
  kind: string
  content: string
}

/**
 * How many of the chunks are what was there before. Fails for one that is neither that nor told as lost.
 *
 * @param after read from a damaged or salvaged database
 */
export function countSame(before: Told[], after: Told[], damage: Damage, hint: string): number {
  let same = 0
  for (const { index, kind, content } of after) {
    const told = before[index]
    if (
      told !== undefined &&
      told.kind === kind &&
      differs(told.content, content) <= unnoticed(content, damage)
    )
      same += 1
    else if (kind === 'notice' && content === LOST_CHUNK) continue
    // spoold's own last words, behind all that was seen.
    else if (/lost when the database was damaged|may repeat what was told/.test(content)) continue
    else
      throw new Error(
        `${hint}: chunk ${index} is neither what was there nor told as lost: ${content.slice(0, 200)}`,
      )
  }
  return same
}

/** Changes that leave text text cannot be told; a whole page of nothing but text is only there for a large one. */
function unnoticed(content: string, { strayBytes, strayPages }: Damage): number {
  return content.length > PAGE / 4 ? strayBytes + strayPages * PAGE : strayBytes
}

/** Bytes that differ; all of them where the lengths do. */
export function differs(one: string, other: string): number {
  if (one === other) return 0
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  return a.reduce((sum, byte, at) => sum + (byte === b[at] ? 0 : 1), 0)
}
