import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { SpoolError } from '../../src/domain/errors.js'
import type { ChunkResult } from '../../src/mcp/results/chunk.js'
import { writeDaemonFile } from '../../src/state/daemon-file.js'
import { statePaths } from '../../src/state/paths.js'
import { memoryService } from '../helpers/memory-service.js'
import { openStateServer, removeDaemonJson } from '../helpers/state-server.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

async function connected(as: 'client' | 'operator' = 'operator') {
  const stateDirectory = tempState()
  const service = memoryService()
  const server = await openStateServer(stateDirectory, service)
  const { client, daemon, hasSpawned } = await connect({ stateDirectory, as })
  return { stateDirectory, service, server, client, daemon, hasSpawned }
}

describe('connect', () => {
  test('finds the daemon of a state directory', async () => {
    const { daemon, server, hasSpawned } = await connected()
    expect(daemon).toMatchObject({ url: server.url, version: '1.2.3', pid: process.pid })
    expect(hasSpawned).toBe(false)
  })

  test('without a daemon, and without permission to start one, says how to start it', async () => {
    const connecting = connect({ stateDirectory: tempState() })
    await expect(connecting).rejects.toMatchObject({ code: 'daemon_unreachable' })
    await expect(connecting).rejects.toThrow(/spoold start/)
  })

  test('does not mistake another program on the port of a dead daemon for the daemon', async () => {
    const { stateDirectory, server } = await connected()
    await server.close()
    const other = createServer((_, response) => response.end('{"status":"ok","version":"9","pid":1}'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => new Promise((resolve) => other.close(() => resolve())))
    writeDaemonFile(statePaths(stateDirectory).daemon, {
      pid: 4_000_000,
      url: `http://127.0.0.1:${(other.address() as AddressInfo).port}/mcp`,
      version: '1.2.3',
      started_at: '2026-01-02T12:00:00.000Z',
      operator_token: 'x',
    })
    await expect(connect({ stateDirectory })).rejects.toMatchObject({ code: 'daemon_unreachable' })
  })
})

describe('every method', () => {
  test('calls its tool', async () => {
    const { client, service } = await connected()
    const session = await client.createSession({ agent: 'kiro' })
    const started = await client.start({ message: 'hello', session_id: session.session_id })
    service.print(started.task_id, 'text', 'Hi')
    expect(await client.status({ task_id: started.task_id })).toMatchObject({ new_content: 'Hi' })
    expect((await client.list()).tasks).toHaveLength(1)
    expect(await client.show(started.task_id, 10)).toMatchObject({ message: 'hello', text: 'Hi' })
    expect((await client.pin(started.task_id, true)).pinned).toBe(true)
    expect((await client.cancel(started.task_id)).success).toBe(true)
    expect((await client.history(session.session_id)).exchanges).toHaveLength(1)
    expect((await client.listSessions()).sessions).toHaveLength(1)
    expect((await client.endSession(session.session_id)).ended_at).not.toBeNull()
    expect((await client.agents()).agents[0]?.name).toBe('kiro')
    expect((await client.purge({ dry_run: true })).tasks).toBe(1)
    expect((await client.exec({ argv: ['id'] })).task_id).toBe('task-2')
  })

  test('throws the error of the daemon', async () => {
    const { client } = await connected()
    const asking = client.status({ task_id: 'task-nope' })
    await expect(asking).rejects.toBeInstanceOf(SpoolError)
    await expect(asking).rejects.toMatchObject({ code: 'task_not_found', field: 'task_id' })
  })

  test('with the token of clients, has no access to the tools of the operator', async () => {
    const { client, service } = await connected('client')
    const rejected = expect(client.exec({ argv: ['id'] })).rejects
    await rejected.toThrow(/spoold_exec not found/)
    await expect(client.exec({ argv: ['id'] })).rejects.toMatchObject({ code: 'invalid_input' })
    expect(service.calls).toEqual([])
  })
})

describe('through a restart', () => {
  test('a call waits for the next daemon, on another port and with another token', async () => {
    const { client, server, service, stateDirectory } = await connected()
    await server.close()
    const listing = client.list()
    await openStateServer(stateDirectory, service, { operatorToken: 'another' })
    expect((await listing).count).toBe(0)
  })

  test('a start whose connection broke creates one task', async () => {
    const { client, server, service, stateDirectory } = await connected()
    const starting = client.start({ message: 'once', wait_ms: 20_000 })
    await waitFor('the wait', () => service.waits.length === 1)
    await server.close(0)
    await openStateServer(stateDirectory, service)
    await waitFor('the second wait', () => service.waits.length === 2)
    service.complete('task-1')
    expect((await starting).task_id).toBe('task-1')
    expect(service.started).toHaveLength(2)
    expect((await client.list({ include_done: true })).count).toBe(1)
  })

  test('a call that is not idempotent is not sent again', async () => {
    const { client, server, service } = await connected()
    let arrived = 0
    service.purge = () => {
      arrived += 1
      return new Promise(() => {})
    }
    const purging = expect(client.purge()).rejects.toMatchObject({ code: 'daemon_unreachable' })
    await waitFor('the purge', () => arrived === 1)
    await server.close(0)
    await purging
    expect(arrived).toBe(1)
  })

  test('promise 3: follow returns each chunk once, in order', async () => {
    const { client, server, service, stateDirectory } = await connected()
    const { task_id } = await client.start({ message: 'x' })
    const seen: [number, string][] = []
    const following = (async () => {
      const chunks = client.follow(task_id)
      for (;;) {
        const { done, value } = await chunks.next()
        if (done) return value
        seen.push([value.index, value.content])
      }
    })()
    service.print(task_id, 'text', 'a')
    service.print(task_id, 'text', 'b')
    await waitFor('two chunks', () => seen.length === 2)
    await server.close(0)
    removeDaemonJson(stateDirectory)
    service.print(task_id, 'text', 'c')
    await openStateServer(stateDirectory, service, { operatorToken: 'another' })
    await waitFor('three chunks', () => seen.length === 3)
    service.complete(task_id)
    expect(await following).toMatchObject({ is_done: true, status: 'completed' })
    expect(seen).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
      [3, ''],
    ])
  })

  test('promise 1: follow returns large chunks of an older database whole', async () => {
    const { client, service } = await connected()
    const { task_id } = await client.start({ message: 'x' })
    const large = '👋\u0001"x'.repeat(300_000)
    for (const content of ['a', large, 'b']) service.print(task_id, 'text', content)
    service.complete(task_id)
    const seen: ChunkResult[] = []
    for await (const chunk of client.follow(task_id)) seen.push(chunk)
    expect(seen.map(({ index }) => index)).toEqual([0, 1, 2, 3])
    expect(seen.map(({ content }) => content)).toEqual(['a', large, 'b', ''])
  })

  test('follow ends at once with the reason of its signal', async () => {
    const { client } = await connected()
    const { task_id } = await client.start({ message: 'x' })
    const controller = new AbortController()
    const next = client.follow(task_id, 0, { signal: controller.signal }).next()
    controller.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
  })

  test('a call fails in the end if no daemon comes back', async () => {
    const { client, server } = await connected()
    const { task_id } = await client.start({ message: 'x' })
    await server.close(0)
    const next = client.follow(task_id, 0, { patienceMs: 200 }).next()
    await expect(next).rejects.toMatchObject({ code: 'daemon_unreachable' })
  })
})
