/**
 * Measures several sides in turns, in a new random order each round, so that what else the machine does meets all of
 * them alike.
 *
 * @param {{ rounds: number, random: () => number }} how
 * @param {Record<string, (round: number) => Promise<number> | number>} sides each gives one figure per call
 * @returns {Promise<Record<string, number[]>>} the figures of each side, one a round
 */
export async function interleave({ rounds, random }, sides) {
  const figures = Object.fromEntries(Object.keys(sides).map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const name of shuffled(Object.keys(sides), random)) {
      figures[name].push(await sides[name](round))
    }
  }
  return figures
}

function shuffled(names, random) {
  return names
    .map((name) => ({ name, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name)
}
