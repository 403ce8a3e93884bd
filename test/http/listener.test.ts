import { expect, test } from 'vitest'
import { openHttpListener } from '../../src/http/listener.js'
import { call, connectSdkClient, openTestServer, TOKENS } from '../helpers/http-server.js'
import { memoryService } from '../helpers/memory-service.js'
import { waitFor } from '../helpers/wait-for.js'

const UNUSED = {
  tokens: TOKENS,
  handleMcp: async () => {},
  health: () => ({ status: 'ok', version: '1', pid: 1 }),
  log: () => {},
}

test('a port in use is named, with the remedy', async () => {
  const server = await openTestServer(memoryService())
  const opening = openHttpListener({ ...UNUSED, host: '127.0.0.1', port: server.port })
  await expect(opening).rejects.toMatchObject({ code: 'port_in_use', field: 'port' })
  await expect(opening).rejects.toThrow(new RegExp(`port ${server.port} .*--port 0`))
})

test.each(['0.0.0.0', '::', '192.168.1.2', 'example.org'])(
  'host %s is refused: loopback only',
  async (host) => {
    await expect(openHttpListener({ ...UNUSED, host, port: 0 })).rejects.toMatchObject({
      code: 'config_invalid',
      field: 'host',
    })
  },
)

test('promise 7: a client that disconnects ends its wait and nothing else', async () => {
  const service = memoryService()
  const server = await openTestServer(service)
  const { task } = await service.start({ message: 'x' })
  const gone = new AbortController()
  const polling = fetch(server.url, {
    method: 'POST',
    signal: gone.signal,
    headers: {
      authorization: `Bearer ${TOKENS.client}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'kiro_task_status', arguments: { task_id: task.id, wait_ms: 50_000 } },
    }),
  })
  await waitFor('the wait', () => service.waits.length === 1)
  gone.abort()
  await expect(polling).rejects.toThrow()
  await waitFor('the end of the wait', () => service.waits[0]?.aborted)
  expect(service.calls).not.toContain('cancel')
  expect(server.logged).toEqual([])
})

test('a connected client polls on after a restart on the same port', async () => {
  const service = memoryService()
  const first = await openTestServer(service)
  const client = await connectSdkClient(first.url)
  const { task } = await service.start({ message: 'x' })
  service.print(task.id, 'text', 'one')
  const before = await call(client, 'kiro_task_status', { task_id: task.id })
  await first.close()
  await expect(call(client, 'kiro_task_status', { task_id: task.id })).rejects.toThrow()
  await openTestServer(service, { port: first.port })
  service.print(task.id, 'text', 'two')
  const after = await call(client, 'kiro_task_status', {
    task_id: task.id,
    from_chunk_index: before.structured.next_chunk_index,
  })
  expect([before.structured.new_content, after.structured.new_content]).toEqual(['one', 'two'])
})

test('close lets a request finish and does not wait for idle connections', async () => {
  const service = memoryService()
  const server = await openTestServer(service)
  const client = await connectSdkClient(server.url)
  const { task } = await service.start({ message: 'x' })
  const polling = call(client, 'kiro_task_status', { task_id: task.id, wait_ms: 20_000 })
  await waitFor('the wait', () => service.waits.length === 1)
  const closing = server.close(10_000)
  service.print(task.id, 'text', 'the last word')
  expect((await polling).structured.new_content).toBe('the last word')
  await closing
})

test('close aborts requests that do not end in time', async () => {
  const service = memoryService()
  const server = await openTestServer(service)
  const client = await connectSdkClient(server.url)
  const { task } = await service.start({ message: 'x' })
  const polling = call(client, 'kiro_task_status', { task_id: task.id, wait_ms: 50_000 })
  const broken = expect(polling).rejects.toThrow()
  await waitFor('the wait', () => service.waits.length === 1)
  await server.close(50)
  await broken
})

test('the idle time in Keep-Alive is shorter than the time for which a connection is kept', async () => {
  const server = await openTestServer(memoryService())
  const kept = (await fetch(new URL('/health', server.url))).headers.get('keep-alive')
  expect(kept).toBe('timeout=60')
  const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })
  const rejected = await fetch(server.url, { method: 'POST', body: ping })
  expect([rejected.status, rejected.headers.get('keep-alive')]).toEqual([401, 'timeout=60'])
  const headers = {
    authorization: `Bearer ${TOKENS.client}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  const answered = await fetch(server.url, { method: 'POST', headers, body: ping })
  expect([answered.status, answered.headers.get('keep-alive')]).toEqual([200, 'timeout=60'])
})
