import { join } from 'node:path'
import { openStore } from '../../dist/src/store/store.js'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { withScratchDirectory } from '../harness/scratch.mjs'
import { fillDatabase, randomText } from '../store/fill.mjs'

export const title = 'Reads of five chunks of 60 bytes from a random index'

const BYTES = 60
const CHUNKS_PER_READ = 5

export async function measure({ random, isShort }) {
  const scale = isShort ? 1 / 100 : 1
  const reads = isShort ? 500 : 20_000
  const content = () => randomText(random, BYTES)
  return withScratchDirectory(async (directory) => {
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
    const shared = { random, reads }
    const costs = await interleave(
      { rounds: isShort ? 3 : 9, random },
      {
        small: () => costOf(million, { ...shared, pick: () => small.id, chunks: small.chunks }),
        large: () => costOf(million, { ...shared, pick: () => large.id, chunks: large.chunks }),
        million: () => costOf(million, { ...shared, pick: anyOf(90), chunks: 10_000 * scale }),
        tenMillion: () => costOf(tenMillion, { ...shared, pick: anyOf(1_000), chunks: 10_000 * scale }),
      },
    )
    million.close()
    tenMillion.close()
    const side = (name, key) => ({ name, unit: 'µs', values: costs[key] })
    const count = (number) => (number * scale).toLocaleString('en')
    return [
      ratioRow({
        name: `a task of ${count(100_000)} chunks, compared with one of 10`,
        measured: side('large task', 'large'),
        baseline: side('small task', 'small'),
        maxTarget: 1.2,
      }),
      ratioRow({
        name: `a database of ${count(10_000_000)} chunks, compared with one of ${count(1_000_000)}`,
        measured: side('large database', 'tenMillion'),
        baseline: side('small database', 'million'),
        maxTarget: 1.2,
      }),
    ]
  })
}

/** µs per read of the store, as in a poll. */
async function costOf(store, { random, reads, pick, chunks }) {
  const start = performance.now()
  for (let n = 0; n < reads; n += 1) {
    const from = Math.floor(random() * (chunks - CHUNKS_PER_READ))
    const page = await store.readChunks(pick(), { from, maxBytes: CHUNKS_PER_READ * BYTES })
    if (page.chunks.length !== CHUNKS_PER_READ) throw new Error(`${page.chunks.length} chunks`)
  }
  return ((performance.now() - start) * 1000) / reads
}
