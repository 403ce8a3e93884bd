/**
 * Measures several sides in turns, in a new random order each round, so that other load on the machine affects all of them
 * equally.
 *
 * @param {{ rounds: number, random: () => number }} options
 * @param {Record<string, (round: number) => Promise<number> | number>} sides each call returns one value
 * @returns {Promise<Record<string, number[]>>} the values of each side, one per round
 */
export async function interleave({ rounds, random }, sides) {
  const values = Object.fromEntries(Object.keys(sides).map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const name of shuffled(Object.keys(sides), random)) {
      values[name].push(await sides[name](round))
    }
  }
  return values
}

function shuffled(names, random) {
  return names
    .map((name) => ({ name, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name)
}
