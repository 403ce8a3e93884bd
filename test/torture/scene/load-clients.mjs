/*
 * Clients in a process of their own: so many tasks at a time, one after the other until the time is over, each with so many
 * polls that wait for it; and one that does not wait looks at some task ten times a second. Says at the end what they saw, as
 * JSON.
 *
 * The order is the argument, JSON: {url, token, era: 2025 or 2026, seed, slots, waiters: for each task, until: epoch ms,
 * lines: of a task at most, pauseMs}.
 */
import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { openCaller } from '../../../bench/harness/open-caller.mjs'
import { randomFrom } from '../../../bench/harness/random.mjs'

const order = JSON.parse(process.argv[2])
const random = randomFrom(order.seed)
// Node's Agent minds what the server tells of idle connections only where it has a limit of its own.
const call = openCaller(order, new Agent({ keepAlive: true, timeout: 30_000 }))
const known = []
const seen = { tasks: 0, polls: 0, sinceWrite: [], sinceCommit: [], unwaited: [] }
let isOver = false

const looking = look()
await Promise.all(Array.from({ length: order.slots }, keepBusy))
isOver = true
await looking
process.stdout.write(JSON.stringify(seen))

async function keepBusy() {
  while (Date.now() < order.until) {
    const lines = Math.ceil(order.lines * (0.3 + 0.7 * random()))
    const message = JSON.stringify({ seed: Math.floor(random() * 1e9), lines, pauseMs: order.pauseMs })
    const { task_id: id } = await call('kiro_chat_async', { message, working_directory: '/' })
    known.push(id)
    const readings = await Promise.all(Array.from({ length: order.waiters }, () => follow(id)))
    for (const text of readings) check(id, text, lines)
    if (new Set(readings).size !== 1) throw new Error(`${id}: one client read what another one did not`)
    seen.tasks += 1
  }
}

/** The text of a task, by polls that wait. */
async function follow(taskId) {
  let text = ''
  for (let next = 0; ; ) {
    const args = { task_id: taskId, from_chunk_index: next, wait_ms: 20_000, detail: 'chunks' }
    const answer = await call('kiro_task_status', args)
    const now = performance.timeOrigin + performance.now()
    seen.polls += 1
    for (const { index, kind, content, timestamp } of answer.new_chunks) {
      if (index !== next) throw new Error(`${taskId}: chunk ${index} came in the place of ${next}`)
      next += 1
      if (kind !== 'text') continue
      text += content
      seen.sinceCommit.push(round(now - Date.parse(timestamp)))
      for (const [, time] of content.matchAll(/^\d+ (\d+\.\d) /gm)) seen.sinceWrite.push(round(now - time))
    }
    if (!answer.is_done) continue
    if (answer.status !== 'completed') throw new Error(`${taskId} is ${answer.status}: ${answer.error}`)
    return text
  }
}

function check(taskId, text, lines) {
  const written = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)
  const sum = createHash('sha256').update(written).digest('hex')
  if (text !== `${written}${sum}\n`) throw new Error(`${taskId} is not what was written`)
  if (written.split('\n').length !== lines + 1) throw new Error(`${taskId} has not ${lines} lines`)
}

/** What it costs to ask without a wait. */
async function look() {
  while (!isOver) {
    await pause(100)
    const taskId = known[Math.floor(random() * known.length)]
    if (taskId === undefined) continue
    const start = performance.now()
    await call('kiro_task_status', { task_id: taskId, wait_ms: 0 })
    seen.polls += 1
    seen.unwaited.push(round(performance.now() - start))
  }
}

function round(ms) {
  return Math.round(ms * 10) / 10
}
