// Tokens (o200k) that a model pays to follow an answer of 40 KB that an agent prints over 60 s, by the seed's protocol
// and by spoold's tools. `npm run bench:tokens [NUMBER]`; the number, at random without it, seeds what is printed.
import { randomInt } from 'node:crypto'
import { measureTokens } from './token-cost.mjs'

const AGENTS = { 'streams a few tokens at a time': 4, 'prints half a line at a time': 12 }

const number = Number(process.argv[2] ?? randomInt(2 ** 31))
console.log(`number ${number}`)
for (const [agent, mostWords] of Object.entries(AGENTS)) {
  const bills = await measureTokens(number, mostWords)
  console.log(`\nan agent that ${agent}: ${bills.chunks} chunks; the answer itself is ${bills.answer} tokens`)
  const rows = {
    'seed, from_chunk_index moved on': bills.seed,
    'seed, as in its usage example': bills.seedFromZero,
    'spoold, host shows the text block': bills.text,
    'spoold, host shows structuredContent': bills.structured,
  }
  for (const [name, { calls, tokens, read }] of Object.entries(rows)) {
    const part = (of, whole) => (of / whole).toFixed(3)
    console.log(
      `  ${name}: ${calls} calls, ${tokens} tokens (${part(tokens, bills.seed.tokens)} of the seed's), ` +
        `${read} read in all turns (${part(read, bills.seed.read)})`,
    )
  }
}
