/**
 * Returns a generator of numbers in [0, 1) that the seed determines, so that a run can be repeated: mulberry32, a public-domain
 * generator with 32 bits of state.
 *
 * @param {number} seed an integer
 * @returns {() => number}
 */
export function randomFrom(seed) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
