import { join } from 'node:path'
import { openStore } from '../../dist/src/store/store.js'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { inScratch } from '../harness/scratch.mjs'
import { fillDatabase, randomText } from '../store/fill.mjs'

export const title = 'Reading from an index: five chunks of 60 bytes'

const BYTES = 60
const TOLD = 5

export async function measure({ random, isShort }) {
  const scale = isShort ? 1 / 100 : 1
  const reads = isShort ? 500 : 20_000
  const content = () => randomText(random, BYTES)
  return inScratch(async (directory) => {
    const small = { id: 'task-small', chunks: 10 }
    const large = { id: 'task-large', chunks: 100_000 * scale }
    const medium = (count) =>
      Array.from({ length: count }, (_, n) => ({ id: `task-${n}`, chunks: 10_000 * scale }))
    const files = { million: join(directory, 'million.db'), tenMillion: join(directory, 'ten-million.db') }
    fillDatabase(files.million, [small, large, ...medium(90)], content)
    fillDatabase(files.tenMillion, [small, ...medium(1_000)], content)
    const million = openStore({ file: files.million, durability: 'full' })
    const tenMillion = openStore({ file: files.tenMillion, durability: 'full' })
    const anyOf = (count) => () => `task-${Math.floor(random() * count)}`
    const some = { random, reads }
    const costs = await interleave(
      { rounds: isShort ? 3 : 9, random },
      {
        small: () => costOf(million, { ...some, pick: () => small.id, chunks: small.chunks }),
        large: () => costOf(million, { ...some, pick: () => large.id, chunks: large.chunks }),
        million: () => costOf(million, { ...some, pick: anyOf(90), chunks: 10_000 * scale }),
        tenMillion: () => costOf(tenMillion, { ...some, pick: anyOf(1_000), chunks: 10_000 * scale }),
      },
    )
    million.close()
    tenMillion.close()
    const side = (name, key) => ({ name, unit: 'µs', values: costs[key] })
    const count = (number) => (number * scale).toLocaleString('en')
    return [
      ratioRow({
        what: `a task of ${count(100_000)} chunks, against one of 10`,
        ours: side('the large task', 'large'),
        theirs: side('the small task', 'small'),
        atMost: 1.2,
      }),
      ratioRow({
        what: `any task of a database of ${count(10_000_000)} chunks, against one of ${count(1_000_000)}`,
        ours: side('the large database', 'tenMillion'),
        theirs: side('the small database', 'million'),
        atMost: 1.2,
      }),
    ]
  })
}

/** µs for one read of the store, as a poll makes it, from a random index. */
async function costOf(store, { random, reads, pick, chunks }) {
  const start = performance.now()
  for (let n = 0; n < reads; n += 1) {
    const from = Math.floor(random() * (chunks - TOLD))
    const page = await store.readChunks(pick(), { from, maxBytes: TOLD * BYTES })
    if (page.chunks.length !== TOLD) throw new Error(`${page.chunks.length} chunks`)
  }
  return ((performance.now() - start) * 1000) / reads
}
