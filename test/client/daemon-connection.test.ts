import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { DaemonConnection } from '../../src/client/daemon-connection.js'
import type { RpcMessage } from '../../src/client/rpc-message.js'
import { openScriptedDaemon } from '../helpers/scripted-daemon.js'
import { tempState } from '../helpers/temp-state.js'

const request: RpcMessage = { jsonrpc: '2.0', id: 1, method: 'tasks/result' }
const answer = { jsonrpc: '2.0', id: 1, result: { done: true } }
const news = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 1 } }

async function sending(limits: { patienceMs: number; responseLimitMs: number }) {
  const stateDirectory = tempState()
  const daemon = await openScriptedDaemon(stateDirectory)
  const link = new DaemonConnection({ stateDirectory, as: 'client' })
  return { daemon, sent: link.send(() => request, { repeatable: true, ...limits }) }
}

test('a response may take longer than the limit while there are signs of life', async () => {
  const { daemon, sent } = await sending({ patienceMs: 5_000, responseLimitMs: 1_500 })
  const stream = await daemon.arrival(0)
  for (let sent = 0; sent < 8; sent += 1) {
    stream.push(news)
    await sleep(250)
  }
  stream.finish(answer)
  expect(await sent).toEqual(answer)
  expect(daemon.arrivals).toHaveLength(1)
})

test('a silent stream is dropped and requested again, and every sign of life restarts the limit', async () => {
  const { daemon, sent } = await sending({ patienceMs: 500, responseLimitMs: 400 })
  // Together the silences are longer than the limit.
  for (let tries = 0; tries < 3; tries += 1) (await daemon.arrival(tries)).push(news)
  const last = await daemon.arrival(3)
  last.finish(answer)
  expect(await sent).toEqual(answer)
})

test('a request that ends because the daemon stops is sent again, whatever it was', async () => {
  const { daemon, sent } = await sending({ patienceMs: 5_000, responseLimitMs: 5_000 })
  const error = { code: -32_603, message: 'The daemon is stopping', data: { code: 'shutting_down' } }
  const first = await daemon.arrival(0)
  first.answer({ jsonrpc: '2.0', id: 1, error })
  const second = await daemon.arrival(1)
  second.answer(answer)
  expect(await sent).toEqual(answer)
})
