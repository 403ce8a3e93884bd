import { randomFrom } from '../../../bench/harness/random.mjs'

export const TASK_ID = 'task-power'

/**
 * What the n-th append appends: a few chunks, of some bytes to some thousand.
 *
 * @param {number} seed @param {number} n
 * @returns {{ kind: 'text', content: string }[]}
 */
export function piecesOf(seed, n) {
  const random = randomFrom(seed * 100_003 + n)
  return Array.from({ length: 1 + Math.floor(random() * 4) }, (_, place) => ({
    kind: 'text',
    content: `${n}.${place} ${'ü'.repeat(Math.floor(random() ** 3 * 12_000))}`,
  }))
}
