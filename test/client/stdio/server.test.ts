import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readDaemonFile } from '../../../src/state/daemon-file.js'
import { statePaths } from '../../../src/state/paths.js'
import { PROJECT } from '../../helpers/build.js'
import { endDaemonAfterTest, killAndWait } from '../../helpers/end-daemon.js'
import { call } from '../../helpers/http-server.js'
import { memoryService } from '../../helpers/memory-service.js'
import { openStateServer, removeDaemonJson } from '../../helpers/state-server.js'
import { tempState } from '../../helpers/temp-state.js'
import { waitFor } from '../../helpers/wait-for.js'

const STDIO_SERVER = join(PROJECT, 'test', 'fixtures', 'stdio-server.mjs')

async function connectOverStdio() {
  const stateDirectory = tempState()
  const service = memoryService()
  const server = await openStateServer(stateDirectory, service)
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [STDIO_SERVER, stateDirectory] }),
  )
  onTestFinished(() => client.close())
  await client.listTools()
  return { stateDirectory, service, server, client }
}

describe('MCP over stdio', () => {
  test('works as over HTTP', async () => {
    const { client } = await connectOverStdio()
    expect(client.getServerVersion()).toMatchObject({ name: 'spoold', version: '1.2.3' })
    const started = await call(client, 'kiro_chat_async', { message: 'x' })
    expect(started.structured.task_id).toBe('task-1')
    const rejected = await call(client, 'kiro_task_status', { task_id: 'task-nope' })
    expect(rejected.structured.code).toBe('task_not_found')
    await expect(client.callTool({ name: 'spoold_exec', arguments: { argv: ['id'] } })).rejects.toThrow(
      /not found/,
    )
  })

  test('continues after a restart between two calls', async () => {
    const { client, server, service, stateDirectory } = await connectOverStdio()
    await call(client, 'kiro_chat_async', { message: 'x' })
    service.print('task-1', 'text', 'one')
    const before = await call(client, 'kiro_task_status', { task_id: 'task-1' })
    await server.close()
    removeDaemonJson(stateDirectory)
    await openStateServer(stateDirectory, service)
    service.print('task-1', 'text', 'two')
    const after = await call(client, 'kiro_task_status', {
      task_id: 'task-1',
      from_chunk_index: before.structured.next_chunk_index,
    })
    expect([before.structured.new_content, after.structured.new_content]).toEqual(['one', 'two'])
  })

  test('continues through a restart in the middle of a wait', async () => {
    const { client, server, service, stateDirectory } = await connectOverStdio()
    await call(client, 'kiro_chat_async', { message: 'x' })
    const polling = call(client, 'kiro_task_status', { task_id: 'task-1', wait_ms: 20_000 })
    await waitFor('the wait', () => service.waits.length === 1)
    await server.close(0)
    removeDaemonJson(stateDirectory)
    const again = await openStateServer(stateDirectory, service)
    await waitFor('the second wait', () => service.waits.length === 2)
    service.print('task-1', 'text', 'after the restart')
    expect((await polling).structured.new_content).toBe('after the restart')
    await again.close()
  })

  test('a start whose connection broke creates one task', async () => {
    const { client, server, service, stateDirectory } = await connectOverStdio()
    const starting = call(client, 'kiro_chat_async', { message: 'once', wait_ms: 20_000 })
    await waitFor('the wait', () => service.waits.length === 1)
    await server.close(0)
    await openStateServer(stateDirectory, service)
    await waitFor('the second wait', () => service.waits.length === 2)
    service.complete('task-1')
    expect((await starting).structured.task_id).toBe('task-1')
    const tasks = await call(client, 'kiro_task_list', { include_done: true })
    expect(tasks.structured.count).toBe(1)
  })

  test('calls run side by side, and a cancelled one ends only its own wait', async () => {
    const { client, service } = await connectOverStdio()
    await call(client, 'kiro_chat_async', { message: 'x' })
    const cancel = new AbortController()
    const params = { name: 'kiro_task_status', arguments: { task_id: 'task-1', wait_ms: 50_000 } }
    const waiting = client.callTool(params, undefined, { signal: cancel.signal })
    await waitFor('the wait', () => service.waits.length === 1)
    expect((await call(client, 'kiro_task_list')).structured.count).toBe(1)
    cancel.abort('changed my mind')
    await expect(waiting).rejects.toThrow()
    await waitFor('the end of the wait', () => service.waits[0]?.aborted)
    expect(service.calls).not.toContain('cancel')
  })
})

describe('with permission to start a daemon', () => {
  test('starts one for the first message, and another after that one was killed', async () => {
    const stateDirectory = tempState()
    endDaemonAfterTest(stateDirectory)
    const client = new Client({ name: 'test', version: '1' })
    const args = [STDIO_SERVER, stateDirectory, 'spawn']
    await client.connect(new StdioClientTransport({ command: process.execPath, args }))
    onTestFinished(() => client.close())
    expect((await call(client, 'kiro_task_list')).structured.count).toBe(0)

    const first = readDaemonFile(statePaths(stateDirectory).daemon)
    await killAndWait(first?.pid ?? 0)
    expect((await call(client, 'kiro_task_list')).structured.count).toBe(0)
    const second = readDaemonFile(statePaths(stateDirectory).daemon)
    expect(second?.pid).not.toBe(first?.pid)
  })

  test('reports to every call that the daemon cannot start', async () => {
    const stateDirectory = join(STDIO_SERVER, 'no-directory')
    const client = new Client({ name: 'test', version: '1' })
    const args = [STDIO_SERVER, stateDirectory, 'spawn']
    onTestFinished(() => client.close())
    const connecting = client.connect(new StdioClientTransport({ command: process.execPath, args }))
    await expect(connecting).rejects.toThrow(/state directory .*--state-dir/)
  })
})

describe('the process', () => {
  function start(stateDirectory: string) {
    const child = spawn(process.execPath, [STDIO_SERVER, stateDirectory])
    onTestFinished(() => void child.kill('SIGKILL'))
    const lines: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
    return { child, lines }
  }

  async function exitCode(child: ChildProcessWithoutNullStreams): Promise<number | null> {
    return child.exitCode ?? ((await once(child, 'exit'))[0] as number | null)
  }

  test('writes nothing but JSON-RPC to stdout, even for an invalid line', async () => {
    const stateDirectory = tempState()
    await openStateServer(stateDirectory, memoryService())
    const { child, lines } = start(stateDirectory)
    child.stdin.write('hello?\n{"jsonrpc":"2.0","id":7,"method":"tools/list"}\n')
    await waitFor('two responses', () => lines.length === 2)
    const responses = lines.map((line) => JSON.parse(line))
    expect(responses).toContainEqual({ jsonrpc: '2.0', error: expect.objectContaining({ code: -32_700 }) })
    expect(responses).toContainEqual(expect.objectContaining({ id: 7 }))
    child.stdin.end()
    expect(await exitCode(child)).toBe(0)
  })

  test('responds to a message of the wrong shape by its id, and to a line that is too long, and continues', async () => {
    const stateDirectory = tempState()
    await openStateServer(stateDirectory, memoryService())
    const { child, lines } = start(stateDirectory)
    let stderr = ''
    child.stderr.on('data', (data) => {
      stderr += data
    })
    child.stdin.write('{"jsonrpc":"2.0","id":5,"method":6}\n')
    child.stdin.write(Buffer.alloc(33 * 1024 * 1024, 'x'))
    child.stdin.write('\n{"jsonrpc":"2.0","id":7,"method":"tools/list"}\n')
    await waitFor('three responses', () => lines.length === 3)
    const responses = lines.map((line) => JSON.parse(line))
    const error = expect.objectContaining({ code: -32_600 })
    expect(responses).toContainEqual({ jsonrpc: '2.0', id: 5, error })
    expect(responses).toContainEqual({ jsonrpc: '2.0', error })
    expect(responses).toContainEqual(expect.objectContaining({ id: 7, result: expect.anything() }))
    child.stdin.end()
    expect(await exitCode(child)).toBe(0)
    expect(stderr.trim().split('\n')).toEqual([
      'standard input: The line is not a JSON-RPC message; send one per line',
      'standard input: The line is longer than 33554432 bytes; send shorter messages',
    ])
  })

  test('ends with its client: calls in flight get their responses, waits are abandoned', async () => {
    const stateDirectory = tempState()
    const service = memoryService()
    await openStateServer(stateDirectory, service)
    await service.start({ message: 'x' })
    const { child, lines } = start(stateDirectory)
    const wait = { name: 'kiro_task_status', arguments: { task_id: 'task-1', wait_ms: 50_000 } }
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: wait })}\n`)
    child.stdin.end('{"jsonrpc":"2.0","id":2,"method":"ping"}\n')
    expect(await exitCode(child)).toBe(0)
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([2])
    await waitFor('the end of the wait', () => service.waits[0]?.aborted)
    expect(service.calls).not.toContain('cancel')
  })
})
