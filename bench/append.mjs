// Appending chunks through the store, for both settings of durability, against raw better-sqlite3 that inserts the
// same rows one by one in one transaction per batch. Interleaved, medians. `npm run bench:append`
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openStore } from '../dist/src/store/store.js'

const ROUNDS = 7
const BATCHES = 100
const CHUNKS = 64
const CONTENT = 'x'.repeat(200)
const DURABILITIES = ['full', 'normal']

const pieces = Array.from({ length: CHUNKS }, () => ({ kind: 'text', content: CONTENT }))

/** Rows a second through the store. */
async function throughStore(directory, durability, round) {
  const store = openStore({ file: join(directory, `store-${durability}-${round}.db`), durability })
  const open = { id: 'session', agent: 'bench', workingDirectory: '/', at: 1 }
  const limits = { ttlMs: 1, timeoutMs: null, stallMs: null }
  const facts = { model: null, argv: null, workingDirectory: '/', priority: 0, idempotencyKey: null, at: 1 }
  await store.createTask(
    { id: 'task', session: { open }, agent: 'bench', message: 'x', ...facts, ...limits },
    10,
  )
  const run = await store.claimNext({ at: 1, token: 't', exceptAgents: [] })
  const start = performance.now()
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const offsets = { out: batch, err: 0 }
    const decoderState = { kind: 'bench', state: null }
    await store.append({ ...run, expectedIndex: batch * CHUNKS, pieces, offsets, decoderState, at: batch })
  }
  const seconds = (performance.now() - start) / 1000
  store.close()
  return (BATCHES * CHUNKS) / seconds
}

/** Rows a second without anything of ours. */
function raw(directory, durability, round) {
  const db = new Database(join(directory, `raw-${durability}-${round}.db`))
  db.pragma('page_size = 8192')
  db.pragma('journal_mode = WAL')
  db.pragma(`synchronous = ${durability}`)
  db.exec(`CREATE TABLE chunks (key INTEGER PRIMARY KEY, task_key INTEGER, idx INTEGER, kind TEXT, content TEXT, at INTEGER) STRICT;
           CREATE UNIQUE INDEX chunks_from_index ON chunks (task_key, idx)`)
  const insert = db.prepare('INSERT INTO chunks (task_key, idx, kind, content, at) VALUES (?, ?, ?, ?, ?)')
  const insertBatch = db.transaction((first) => {
    for (let n = 0; n < CHUNKS; n += 1) insert.run(1, first + n, 'text', CONTENT, first)
  })
  const start = performance.now()
  for (let batch = 0; batch < BATCHES; batch += 1) insertBatch(batch * CHUNKS)
  const seconds = (performance.now() - start) / 1000
  db.close()
  return (BATCHES * CHUNKS) / seconds
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]

const directory = mkdtempSync(join(tmpdir(), 'spoold-bench-'))
const rates = { 'store full': [], 'raw full': [], 'store normal': [], 'raw normal': [] }
for (let round = 0; round < ROUNDS; round += 1) {
  for (const durability of DURABILITIES) {
    rates[`raw ${durability}`].push(raw(directory, durability, round))
    rates[`store ${durability}`].push(await throughStore(directory, durability, round))
  }
}
rmSync(directory, { recursive: true })
for (const durability of DURABILITIES) {
  const [ours, theirs] = [median(rates[`store ${durability}`]), median(rates[`raw ${durability}`])]
  console.log(`durability ${durability}: ${(ours / theirs).toFixed(2)} of raw (${Math.round(ours)} rows/s)`)
}
console.log(
  `full against normal, through the store: ${(median(rates['store full']) / median(rates['store normal'])).toFixed(2)}`,
)
