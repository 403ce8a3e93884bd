// `in-one-process.mjs DATABASE SCRIPT`: runs a shell script and stores its output in a database. Decoding, cutting and storing use
// the daemon's code; there is no spool, scheduler or server.
import { spawn } from 'node:child_process'
import { FRESH_TEXT, textDecoder } from '../../dist/src/agents/output/text-decoder.js'
import { openStore } from '../../dist/src/store/store.js'
import { coalesce } from '../../dist/src/tasks/run/coalesce.js'
import { claimNewTask } from '../store/new-task.mjs'

const [file, script] = process.argv.slice(2)
const store = openStore({ file, durability: 'full' })
const run = await claimNewTask(store)
const decoder = textDecoder(FRESH_TEXT)
const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
let out = 0
let expectedIndex = 0

async function append(pieces) {
  const decoderState = { kind: 'command', state: decoder.state() }
  await store.append({
    ...run,
    expectedIndex,
    pieces,
    offsets: { out, err: 0 },
    decoderState,
    at: Date.now(),
  })
  expectedIndex += pieces.length
}

/** Bytes per commit, as in the daemon. */
const BATCH_BYTES = 256 * 1024
let waiting = []
let bytes = 0
for await (const part of child.stdout) {
  out += part.length
  bytes += part.length
  waiting.push(...decoder.decode('out', part))
  if (bytes < BATCH_BYTES) continue
  await append(coalesce(waiting))
  waiting = []
  bytes = 0
}
await append(coalesce([...waiting, ...decoder.end()]))
store.close()
