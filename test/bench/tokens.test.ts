import { expect, it } from 'vitest'
import { measureTokens } from '../../bench/tokens/token-cost.mjs'

const NUMBER = 20_260_728

it("following a streamed answer of 40 KB costs a model at most a tenth of the seed's protocol, in either kind of host", async () => {
  const { answer, seed, text, structured } = await measureTokens(NUMBER, 4)
  for (const bill of [text, structured]) {
    expect(bill.tokens / seed.tokens).toBeLessThanOrEqual(0.1)
    expect(bill.read / seed.read).toBeLessThanOrEqual(0.01)
    // Nearly all of it is the answer itself.
    expect(bill.tokens / answer).toBeLessThan(1.25)
  }
})
