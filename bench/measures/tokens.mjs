import { measureTokens } from '../tokens/token-cost.mjs'

export const title = 'Tokens (o200k) for a model to follow an answer of 40 KB that is printed over 60 s'

/** The size of the pieces that the agent prints: the maximum number of words. */
const PIECES = { 'a few tokens at a time': 4, 'half a line at a time': 12 }
/** The part of a result that the host shows to the model. */
const HOSTS = { text: 'text', structured: 'structured content' }
/** The target, as a share of the tokens of the original protocol. */
const MAX_SHARE = 0.1

export async function measure({ random, isShort }) {
  const rows = []
  for (const [pieces, maxWords] of Object.entries(PIECES)) {
    const rounds = await repeat(isShort ? 1 : 5, () =>
      measureTokens(Math.floor(random() * 2 ** 31), maxWords),
    )
    const side = (name, of) => ({ name, unit: 'tokens', values: rounds.map(of) })
    const original = side('original protocol', (costs) => costs.original.tokens)
    for (const host of Object.keys(HOSTS)) {
      const spoold = side('spoold', (costs) => costs[host].tokens)
      const shares = rounds.map((costs) => costs[host].tokens / costs.original.tokens)
      rows.push({
        name: `printed ${pieces}, returned as ${HOSTS[host]}`,
        value: Math.max(...shares),
        unit: '×',
        maxTarget: MAX_SHARE,
        sides: [spoold, original, side('the answer itself', ({ answer }) => answer)],
        ...(maxWords > 4
          ? {
              note: 'the answer alone exceeds a tenth, so no protocol that returns it can reach the target',
            }
          : {}),
      })
    }
  }
  return rows
}

async function repeat(count, work) {
  const results = []
  for (let n = 0; n < count; n += 1) results.push(await work())
  return results
}
