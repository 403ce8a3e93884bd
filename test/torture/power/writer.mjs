// `writer.mjs DIRECTORY DURABILITY SEED APPENDS`: makes a store there, starts a task and appends to it; the file `acks` gets one
// byte for each append that was acknowledged.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { claimNewTask } from '../../../bench/store/new-task.mjs'
import { openStore } from '../../../dist/src/store/store.js'
import { piecesOf, TASK_ID } from './pieces.mjs'

const [directory, durability, seed, appends] = process.argv.slice(2)
const store = openStore({ file: join(directory, 'spoold.db'), durability })
const run = await claimNewTask(store, TASK_ID)
let expectedIndex = 0
for (let n = 0; n < Number(appends); n += 1) {
  const pieces = piecesOf(Number(seed), n)
  const decoderState = { kind: 'power', state: n }
  await store.append({ ...run, expectedIndex, pieces, offsets: { out: n + 1, err: 0 }, decoderState, at: n })
  expectedIndex += pieces.length
  appendFileSync(join(directory, 'acks'), '.')
}
// As a power cut would: nothing is closed.
process.kill(process.pid, 'SIGKILL')
