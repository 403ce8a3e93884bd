// `waiters.mjs REQUEST`: runs clients, spread over several tasks, that read the tasks to their ends, each over its own connection.
// Sends the latency of each line at each client to the parent process, in ms. A line is the time of its writing in ns since 1970.
import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

const { url, token, taskIds, waiters, wait_ms, intervalMs } = JSON.parse(process.argv[2])
const latencies = []
const now = () => performance.timeOrigin + performance.now()

async function client(taskId) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  // The clients poll at different times.
  await pause(Math.random() * intervalMs)
  for (let from = 0; ; ) {
    const args = { task_id: taskId, from_chunk_index: from, wait_ms, detail: 'chunks' }
    const { result, at } = await poll(agent, args)
    for (const { kind, content } of result.new_chunks) {
      if (kind !== 'text') continue
      for (const line of content.trim().split('\n')) latencies.push(at - Number(BigInt(line) / 1000n) / 1000)
    }
    from = result.next_chunk_index
    if (result.is_done) break
    if (intervalMs > 0) await pause(intervalMs)
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
    const sent = request(url, { agent, method: 'POST', headers }, async (response) => {
      let text = ''
      for await (const part of response) text += part
      // Parsing the JSON is the work of the client, so it is not measured.
      const at = now()
      resolve({ result: JSON.parse(text).result.structuredContent, at })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

await Promise.all(Array.from({ length: waiters }, (_, n) => client(taskIds[n % taskIds.length])))
process.send(latencies, () => process.disconnect())
