import { expect, test } from 'vitest'
import type { RpcMessage } from '../../../src/client/rpc-message.js'
import { type Arrival, openScriptedDaemon } from '../../helpers/scripted-daemon.js'
import { removeDaemonJson } from '../../helpers/state-server.js'
import { openStdioServer } from '../../helpers/stdio-server.js'
import { tempState } from '../../helpers/temp-state.js'
import { waitFor } from '../../helpers/wait-for.js'

const URI = 'spool://tasks/1'

async function scene() {
  const stateDirectory = tempState()
  const daemon = await openScriptedDaemon(stateDirectory)
  const stdio = openStdioServer(stateDirectory)
  return { stateDirectory, daemon, stdio }
}

function acknowledge(arrival: Arrival, uris: string[]): void {
  const params = { notifications: { resourceSubscriptions: uris }, _meta: markOf(arrival) }
  arrival.push({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params })
}

function update(arrival: Arrival, uri: string): void {
  const params = { uri, _meta: markOf(arrival) }
  arrival.push({ jsonrpc: '2.0', method: 'notifications/resources/updated', params })
}

const markOf = ({ body }: Arrival) => ({ 'io.modelcontextprotocol/subscriptionId': body.id })

const updated = { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: URI } }
const done = (id: number): RpcMessage => ({ jsonrpc: '2.0', id, result: {} })

test('initialize declares the capability if the daemon has resources, and only then', async () => {
  const { daemon, stdio } = await scene()
  for (const [index, capabilities] of [
    { tools: {}, resources: { listChanged: false } },
    { tools: {} },
  ].entries()) {
    stdio.send({ id: index, method: 'initialize', params: { protocolVersion: '2025-11-25' } })
    const opening = await daemon.arrival(index)
    opening.answer({ jsonrpc: '2.0', id: index, result: { protocolVersion: '2025-11-25', capabilities } })
  }
  const [first, second] = await stdio.messages(2)
  expect(first?.result).toEqual({
    protocolVersion: '2025-11-25',
    capabilities: { tools: {}, resources: { listChanged: false, subscribe: true } },
  })
  expect(second?.result?.capabilities).toEqual({ tools: {} })
})

test('changes of a subscribed resource are reported in the form of 2025, through a restart too', async () => {
  const { daemon, stdio, stateDirectory } = await scene()
  stdio.send({ id: 1, method: 'resources/subscribe', params: { uri: URI } })
  const first = await daemon.arrival(0)
  expect(first.headers).toMatchObject({
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'subscriptions/listen',
  })
  expect(first.body.params?.notifications).toEqual({ resourceSubscriptions: [URI] })
  expect(stdio.written).toEqual([])
  acknowledge(first, [URI])
  expect(await stdio.messages(1)).toEqual([done(1)])
  update(first, URI)
  expect((await stdio.messages(2))[1]).toEqual(updated)

  await daemon.kill()
  removeDaemonJson(stateDirectory)
  const second = await (await openScriptedDaemon(stateDirectory)).arrival(0)
  acknowledge(second, [URI])
  // It may have changed while no daemon ran.
  expect((await stdio.messages(3))[2]).toEqual(updated)
})

test('two subscriptions to a resource are one, and one unsubscribe ends it', async () => {
  const { daemon, stdio } = await scene()
  stdio.send({ id: 1, method: 'resources/subscribe', params: { uri: URI } })
  stdio.send({ id: 2, method: 'resources/subscribe', params: { uri: URI } })
  const stream = await daemon.arrival(0)
  acknowledge(stream, [URI])
  expect(await stdio.messages(2)).toEqual([done(1), done(2)])
  stdio.send({ id: 3, method: 'resources/unsubscribe', params: { uri: URI } })
  await waitFor('the end of the stream', () => stream.hasLeft)
  expect((await stdio.messages(3))[2]).toEqual(done(3))
  expect(daemon.arrivals).toHaveLength(1)
  stdio.send({ id: 4, method: 'resources/subscribe', params: { uri: URI } })
  acknowledge(await daemon.arrival(1), [URI])
  expect((await stdio.messages(4))[3]).toEqual(done(4))
})

test("a resource that the daemon does not watch is refused, with the daemon's sentence if it has one", async () => {
  const { daemon, stdio } = await scene()
  stdio.send({ id: 1, method: 'resources/subscribe', params: { uri: 'spool://nothing' } })
  acknowledge(await daemon.arrival(0), [])
  expect((await stdio.messages(1))[0]).toMatchObject({
    id: 1,
    error: { code: -32_602, message: expect.stringContaining('spool://nothing') },
  })
  stdio.send({ id: 2, method: 'resources/subscribe', params: { uri: URI } })
  const error = { code: -32_602, message: 'not that one' }
  const second = await daemon.arrival(1)
  second.answer({ jsonrpc: '2.0', id: second.body.id, error })
  expect((await stdio.messages(2))[1]).toEqual({ jsonrpc: '2.0', id: 2, error })
})

test('the end of the client ends the streams at once', async () => {
  const { daemon, stdio } = await scene()
  stdio.send({ id: 1, method: 'resources/subscribe', params: { uri: URI } })
  const open = await daemon.arrival(0)
  acknowledge(open, [URI])
  await stdio.messages(1)
  stdio.send({ id: 2, method: 'resources/subscribe', params: { uri: 'spool://tasks/2' } })
  const opening = await daemon.arrival(1)
  const start = performance.now()
  await stdio.end()
  expect(performance.now() - start).toBeLessThan(1_500)
  await waitFor('the end of both', () => open.hasLeft && opening.hasLeft)
})
