import { distance } from 'fastest-levenshtein'

/** More typing errors than this, or than half of the word, make it another word. */
const MAX_DISTANCE = 3

/** The known word that was probably meant; undefined if none is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const errors = distance(word.toLowerCase(), candidate.toLowerCase())
    const isNear = errors <= MAX_DISTANCE && errors <= Math.max(word.length, candidate.length) / 2
    if (isNear && errors < bestDistance) {
      best = candidate
      bestDistance = errors
    }
  }
  return best
}
