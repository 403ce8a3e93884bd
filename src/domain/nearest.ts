import { distance } from 'fastest-levenshtein'

/** Beyond so many slips of the hand, or half of a word, it is another word. */
const MAX_SLIPS = 3

/** The one of the known words that is nearly what was written; undefined where none is. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const word of known) {
    const slips = distance(written.toLowerCase(), word.toLowerCase())
    const isNear = slips <= MAX_SLIPS && slips <= Math.max(written.length, word.length) / 2
    if (isNear && slips < fewest) {
      best = word
      fewest = slips
    }
  }
  return best
}
