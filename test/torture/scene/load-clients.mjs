/*
 * Clients in a process of their own. Each of `slots` clients runs one task after another until the time is over, and
 * `waiters` polls wait for each task. One more client polls a random task ten times a second without waiting. At the end
 * the process prints what they measured, as JSON.
 *
 * The argument is JSON: {url, token, era: 2025 or 2026, seed, slots, waiters, until: epoch ms, lines: maximum of a task,
 * pauseMs}.
 */
import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { openCaller } from '../../../bench/harness/open-caller.mjs'
import { randomFrom } from '../../../bench/harness/random.mjs'

const request = JSON.parse(process.argv[2])
const random = randomFrom(request.seed)
// Node's Agent heeds the server's keep-alive timeout only if it has a timeout of its own.
const call = openCaller(request, new Agent({ keepAlive: true, timeout: 30_000 }))
const known = []
const seen = { tasks: 0, polls: 0, sinceWrite: [], sinceCommit: [], unwaited: [] }
let isOver = false

const polling = pollRandomTasks()
await Promise.all(Array.from({ length: request.slots }, keepBusy))
isOver = true
await polling
process.stdout.write(JSON.stringify(seen))

async function keepBusy() {
  while (Date.now() < request.until) {
    const lines = Math.ceil(request.lines * (0.3 + 0.7 * random()))
    const message = JSON.stringify({ seed: Math.floor(random() * 1e9), lines, pauseMs: request.pauseMs })
    const { task_id: id } = await call('kiro_chat_async', { message, working_directory: '/' })
    known.push(id)
    const readings = await Promise.all(Array.from({ length: request.waiters }, () => follow(id)))
    for (const text of readings) check(id, text, lines)
    if (new Set(readings).size !== 1) throw new Error(`${id}: two clients read different texts`)
    seen.tasks += 1
  }
}

/** Reads the text of a task by polls that wait. */
async function follow(taskId) {
  let text = ''
  for (let next = 0; ; ) {
    const args = { task_id: taskId, from_chunk_index: next, wait_ms: 20_000, detail: 'chunks' }
    const result = await call('kiro_task_status', args)
    const now = performance.timeOrigin + performance.now()
    seen.polls += 1
    for (const { index, kind, content, timestamp } of result.new_chunks) {
      if (index !== next) throw new Error(`${taskId}: chunk ${index} came instead of ${next}`)
      next += 1
      if (kind !== 'text') continue
      text += content
      seen.sinceCommit.push(round(now - Date.parse(timestamp)))
      for (const [, time] of content.matchAll(/^\d+ (\d+\.\d) /gm)) seen.sinceWrite.push(round(now - time))
    }
    if (!result.is_done) continue
    if (result.status !== 'completed') throw new Error(`${taskId} is ${result.status}: ${result.error}`)
    return text
  }
}

function check(taskId, text, lines) {
  const written = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)
  const sum = createHash('sha256').update(written).digest('hex')
  if (text !== `${written}${sum}\n`) throw new Error(`${taskId} differs from what was written`)
  if (written.split('\n').length !== lines + 1) throw new Error(`${taskId} does not have ${lines} lines`)
}

/** Measures polls that do not wait. */
async function pollRandomTasks() {
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
