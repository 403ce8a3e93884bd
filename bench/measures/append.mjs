import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openStore } from '../../dist/src/store/store.js'
import { createNotifier } from '../../dist/src/tasks/notifier.js'
import { interleave } from '../harness/interleave.mjs'
import { ratioRow } from '../harness/row.mjs'
import { withScratchDirectory } from '../harness/scratch.mjs'
import { claimNewTask } from '../store/new-task.mjs'

export const title = 'Appends: batches of 64 chunks of 200 bytes, with the same durability'

const CHUNKS = 64
const BYTES = 200
/** The chunks table without its checks and foreign key. */
const PLAIN_TABLE = `CREATE TABLE chunks (key INTEGER PRIMARY KEY, task_key INTEGER, idx INTEGER, kind TEXT, content TEXT, at INTEGER, is_final INTEGER) STRICT;
  CREATE UNIQUE INDEX chunks_from_index ON chunks (task_key, idx)`

export async function measure({ random, isShort }) {
  const batches = isShort ? 20 : 300
  const pieces = Array.from({ length: CHUNKS }, () => ({ kind: 'text', content: randomText(random) }))
  const rows = []
  for (const durability of ['full', 'normal']) {
    const rates = await withScratchDirectory((directory) => {
      const file = (side, round) => join(directory, `${side}-${round}.db`)
      return interleave(
        { rounds: isShort ? 3 : 9, random },
        {
          spoold: (round) => throughStore({ file: file('spoold', round), durability, pieces, batches }),
          same: (round) => rowByRow(openSameTables(file('same', round), durability), pieces, batches),
          plain: (round) => rowByRow(openPlainTable(file('plain', round), durability), pieces, batches),
        },
      )
    })
    const measured = { name: 'spoold', unit: 'rows/s', values: rates.spoold }
    const same = { name: 'better-sqlite3, same tables', unit: 'rows/s', values: rates.same }
    const plain = { name: 'better-sqlite3, plain table', unit: 'rows/s', values: rates.plain }
    rows.push(
      ratioRow({
        name: `durability ${durability}, compared with better-sqlite3 on the same tables`,
        measured,
        baseline: same,
        minTarget: 0.9,
      }),
      ratioRow({
        name: `durability ${durability}, compared with a table without checks, foreign key and auto_vacuum`,
        measured,
        baseline: plain,
      }),
    )
  }
  return rows
}

function randomText(random) {
  return Array.from({ length: BYTES }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')
}

/** Rows per second through the store, which also updates the task's counters, offsets and decoder state, and wakes a poll. */
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

/** The tables of the store, with a task, opened without the store. */
function openSameTables(file, durability) {
  openStore({ file, durability }).close()
  const db = openRaw(file, durability)
  db.exec(`INSERT INTO sessions (key, id, agent, working_directory, created_at, last_used_at) VALUES (1, 's', 'bench', '/', 1, 1);
    INSERT INTO tasks (key, id, session_key, agent, message, working_directory, ttl_ms, status, created_at)
    VALUES (1, 't', 1, 'bench', 'x', '/', 1, 'running', 1)`)
  return db
}

function openPlainTable(file, durability) {
  const db = openRaw(file, durability)
  db.exec(PLAIN_TABLE)
  return db
}

function openRaw(file, durability) {
  const db = new Database(file)
  db.pragma('page_size = 8192')
  db.pragma('journal_mode = WAL')
  db.pragma(`synchronous = ${durability}`)
  return db
}

/** Rows per second with one INSERT per row and one transaction per batch. */
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
