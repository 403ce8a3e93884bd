// `waiters.mjs ORDER`: so many clients, spread over some tasks, that read them to their ends, each over a connection of its own; tells how many ms after
// it was written each line was there. A line is the time of its writing in ns since 1970.
import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

const { url, token, taskIds, waiters, wait_ms, everyMs } = JSON.parse(process.argv[2])
const latencies = []
const now = () => performance.timeOrigin + performance.now()

async function client(taskId) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  // Clients do not poll in step.
  await pause(Math.random() * everyMs)
  for (let from = 0; ; ) {
    const args = { task_id: taskId, from_chunk_index: from, wait_ms, detail: 'chunks' }
    const { answer, at } = await poll(agent, args)
    for (const { kind, content } of answer.new_chunks) {
      if (kind !== 'text') continue
      for (const line of content.trim().split('\n')) latencies.push(at - Number(BigInt(line) / 1000n) / 1000)
    }
    from = answer.next_chunk_index
    if (answer.is_done) break
    if (everyMs > 0) await pause(everyMs)
  }
  agent.destroy()
}

function poll(agent, args) {
  const params = { name: 'kiro_task_status', arguments: args }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, method: 'POST', headers }, async (response) => {
      let text = ''
      for await (const part of response) text += part
      // Before the JSON is read: that is the client's own work.
      const at = now()
      resolve({ answer: JSON.parse(text).result.structuredContent, at })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

await Promise.all(Array.from({ length: waiters }, (_, n) => client(taskIds[n % taskIds.length])))
process.send(latencies, () => process.disconnect())
