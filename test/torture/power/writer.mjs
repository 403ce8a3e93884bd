// `writer.mjs FILE DURABILITY SEED STEPS [CHECKPOINT_PAGES]`: opens a store, makes STEPS random changes as a daemon does, and kills
// itself. Each acknowledged commit is recorded in the write log. CHECKPOINT_PAGES makes checkpoints far more frequent.
import { appendFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { randomFrom } from '../../../bench/harness/random.mjs'
import { claimNewTask } from '../../../bench/store/new-task.mjs'
import { openStore } from '../../../dist/src/store/store.js'
import { runPurge } from '../../../dist/src/tasks/purge.js'

const [file, durability, seed, steps, checkpointPages] = process.argv.slice(2)
const random = randomFrom(Number(seed))
const upTo = (max) => 1 + Math.floor(random() * max)
const acknowledge = (what) => appendFileSync(process.env.WRITE_LOG, `A commit ${what}\n`)

if (checkpointPages !== undefined) {
  const { pragma } = Database.prototype
  Database.prototype.pragma = function checkpointOften(source, ...options) {
    const result = pragma.call(this, source, ...options)
    if (source === 'journal_mode = WAL') pragma.call(this, `wal_autocheckpoint = ${checkpointPages}`)
    return result
  }
}

/** Opens the store; every call records its acknowledgement. */
function open() {
  const store = openStore({ file, durability })
  acknowledge('open')
  const { close, ...methods } = store
  const recorded = Object.entries(methods).map(([name, method]) => [
    name,
    async (...args) => {
      const result = await method(...args)
      acknowledge(name)
      return result
    },
  ])
  return { close, ...Object.fromEntries(recorded) }
}

let store = open()
let tasks = []
let started = 0
let at = 1

async function start() {
  started += 1
  tasks.push({ run: await claimNewTask(store, `task-${started}`), chunks: 0 })
}

function append(task) {
  const pieces = Array.from({ length: upTo(4) }, () => ({
    kind: 'text',
    content: 'ü'.repeat(random() ** 3 * 12_000),
  }))
  const expectedIndex = task.chunks
  task.chunks += pieces.length
  const offsets = { out: task.chunks, err: 0 }
  const decoderState = { kind: 'power', state: at }
  return store.append({ ...task.run, expectedIndex, pieces, offsets, decoderState, at })
}

async function finish({ run }) {
  tasks = tasks.filter((task) => task.run !== run)
  const outcome = { status: 'completed', exitCode: 0 }
  const finalPiece = { kind: 'notice', content: '' }
  await store.finish({ ...run, pieces: [], finalPiece, outcome, agentSessionId: null, at })
}

/** Purges all ended tasks that are not pinned. */
function purge() {
  const cutoff = { expiredAt: at + 10, sessionsUnusedSince: at + 10 }
  return runPurge(store, cutoff, 'schedule', () => at, new AbortController().signal)
}

for (; at <= Number(steps); at += 1) {
  const any = tasks[Math.floor(random() * tasks.length)]
  const roll = random()
  if (any === undefined || roll < 0.1) await start()
  // Appends to several tasks in one commit.
  else if (roll < 0.3) await Promise.all(tasks.map(append))
  else if (roll < 0.4) await finish(any)
  else if (roll < 0.45) await store.setPinned(any.run.taskId, true)
  else if (roll < 0.5) await purge()
  else await append(any)
  if (at === Math.floor(Number(steps) / 2)) {
    store.close()
    store = open()
  }
}
if (Number(steps) > 0) {
  await start()
  await append(tasks[tasks.length - 1])
  await finish(tasks[tasks.length - 1])
  await purge()
}
// The store is not closed.
process.kill(process.pid, 'SIGKILL')
