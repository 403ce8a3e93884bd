import { measureTokens } from '../tokens/token-cost.mjs'

export const title = 'Tokens (o200k) that a model pays to follow an answer of 40 KB, printed over 60 s'

const AGENTS = { 'a few tokens at a time': 4, 'half a line at a time': 12 }
/** Above the answer's own tokens nothing is saved any more where the agent prints larger pieces. */
const TENTH = 0.1

export async function measure({ random, isShort }) {
  const rows = []
  for (const [agent, mostWords] of Object.entries(AGENTS)) {
    const rounds = await each(isShort ? 1 : 5, () => measureTokens(Math.floor(random() * 2 ** 31), mostWords))
    const side = (name, of) => ({ name, unit: 'tokens', values: rounds.map(of) })
    const seed = side("the seed's protocol", (bills) => bills.seed.tokens)
    for (const host of ['text', 'structured']) {
      const spoold = side('spoold', (bills) => bills[host].tokens)
      const shares = rounds.map((bills) => bills[host].tokens / bills.seed.tokens)
      rows.push({
        what: `printed ${agent}, told in ${host} form`,
        figure: Math.max(...shares),
        unit: '×',
        atMost: TENTH,
        sides: [spoold, seed, side('the answer itself', ({ answer }) => answer)],
        ...(mostWords > 4
          ? {
              note: 'the answer itself is more than a tenth there, so no protocol that tells it can reach one',
            }
          : {}),
      })
    }
  }
  return rows
}

async function each(count, work) {
  const results = []
  for (let n = 0; n < count; n += 1) results.push(await work())
  return results
}
