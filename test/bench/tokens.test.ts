import { expect, it } from 'vitest'
import { measureTokens } from '../../bench/tokens/token-cost.mjs'

const SEED = 20_260_728

it('following a streamed answer of 40 KB costs a model at most a tenth of the original protocol, whatever part of a result its host shows', async () => {
  const { answer, original, text, structured } = await measureTokens(SEED, 4)
  for (const cost of [text, structured]) {
    expect(cost.tokens / original.tokens).toBeLessThanOrEqual(0.1)
    expect(cost.read / original.read).toBeLessThanOrEqual(0.01)
    // Nearly all tokens are those of the answer itself.
    expect(cost.tokens / answer).toBeLessThan(1.25)
  }
})
