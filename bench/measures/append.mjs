import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openStore } from '../../dist/src/store/store.js'
import { createNotifier } from '../../dist/src/tasks/notifier.js'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { inScratch } from '../harness/scratch.mjs'
import { claimNewTask } from '../store/new-task.mjs'

export const title = 'Appending chunks: batches of 64 of 200 bytes, with the same durability'

const CHUNKS = 64
const BYTES = 200
/** The chunks table as the migrations make it, without its rules. */
const BARE_TABLE = `CREATE TABLE chunks (key INTEGER PRIMARY KEY, task_key INTEGER, idx INTEGER, kind TEXT, content TEXT, at INTEGER, is_final INTEGER) STRICT;
  CREATE UNIQUE INDEX chunks_from_index ON chunks (task_key, idx)`

export async function measure({ random, isShort }) {
  const batches = isShort ? 20 : 300
  const pieces = Array.from({ length: CHUNKS }, () => ({ kind: 'text', content: randomText(random) }))
  const rows = []
  for (const durability of ['full', 'normal']) {
    const rates = await inScratch((directory) => {
      const file = (side, round) => join(directory, `${side}-${round}.db`)
      return interleave(
        { rounds: isShort ? 3 : 9, random },
        {
          spoold: (round) => throughStore({ file: file('spoold', round), durability, pieces, batches }),
          same: (round) => rowByRow(openSameTables(file('same', round), durability), pieces, batches),
          bare: (round) => rowByRow(openBareTable(file('bare', round), durability), pieces, batches),
        },
      )
    })
    const ours = { name: 'spoold', unit: 'rows/s', values: rates.spoold }
    const same = { name: 'raw better-sqlite3, the same tables', unit: 'rows/s', values: rates.same }
    const bare = { name: 'raw better-sqlite3, one table without rules', unit: 'rows/s', values: rates.bare }
    rows.push(
      ratioRow({
        what: `durability ${durability}, against the same tables`,
        ours,
        theirs: same,
        atLeast: 0.9,
      }),
      ratioRow({
        what: `durability ${durability}, against a table without checks, foreign key and auto_vacuum`,
        ours,
        theirs: bare,
      }),
    )
  }
  return rows
}

function randomText(random) {
  return Array.from({ length: BYTES }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')
}

/** Rows a second through the store: with the head of the task, offsets, decoder state, and a poll that is woken. */
async function throughStore({ file, durability, pieces, batches }) {
  const store = openStore({ file, durability })
  const run = await claimNewTask(store)
  const notifier = createNotifier()
  const start = performance.now()
  for (let batch = 0; batch < batches; batch += 1) {
    const listener = notifier.listen(run.taskId)
    const woken = listener.wait(10_000)
    const offsets = { out: batch, err: 0 }
    const decoderState = { kind: 'bench', state: null }
    await store.append({ ...run, expectedIndex: batch * CHUNKS, pieces, offsets, decoderState, at: batch })
    notifier.notifyOutput(run.taskId)
    await woken
    listener.dispose()
  }
  const seconds = (performance.now() - start) / 1000
  store.close()
  return (batches * CHUNKS) / seconds
}

/** The tables that the store makes, with a task, opened without the store. */
function openSameTables(file, durability) {
  openStore({ file, durability }).close()
  const db = openRaw(file, durability)
  db.exec(`INSERT INTO sessions (key, id, agent, working_directory, created_at, last_used_at) VALUES (1, 's', 'bench', '/', 1, 1);
    INSERT INTO tasks (key, id, session_key, agent, message, working_directory, ttl_ms, status, created_at)
    VALUES (1, 't', 1, 'bench', 'x', '/', 1, 'running', 1)`)
  return db
}

function openBareTable(file, durability) {
  const db = openRaw(file, durability)
  db.exec(BARE_TABLE)
  return db
}

function openRaw(file, durability) {
  const db = new Database(file)
  db.pragma('page_size = 8192')
  db.pragma('journal_mode = WAL')
  db.pragma(`synchronous = ${durability}`)
  return db
}

/** Rows a second, one INSERT each, in one transaction per batch. */
function rowByRow(db, pieces, batches) {
  const insert = db.prepare(
    'INSERT INTO chunks (task_key, idx, kind, content, at, is_final) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const insertBatch = db.transaction((first) => {
    pieces.forEach(({ kind, content }, offset) => {
      insert.run(1, first + offset, kind, content, first, 0)
    })
  })
  const start = performance.now()
  for (let batch = 0; batch < batches; batch += 1) insertBatch(batch * CHUNKS)
  const seconds = (performance.now() - start) / 1000
  db.close()
  return (batches * CHUNKS) / seconds
}
