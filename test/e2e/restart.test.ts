import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { describe, expect, it } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { type DaemonProcess, startDaemonProcess } from '../helpers/daemon-process.js'
import { GATED_AGENT, writeConfigBeside } from '../helpers/gate.js'
import {
  callTool,
  connectHttp,
  connectStdio,
  poll,
  readToTheEnd,
  textOfChunks,
} from '../helpers/mcp-client.js'
import { killProcessesWith, processesWith } from '../helpers/processes.js'
import { runCli } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

interface Scene {
  stateDirectory: string
  env: Record<string, string>
  gate: string
  daemon: DaemonProcess
  start(client: Client): Promise<string>
  restart(signal: NodeJS.Signals): Promise<void>
}

/** A daemon in a child process, with an agent that waits for a gate. */
async function openScene(): Promise<Scene> {
  const stateDirectory = tempState()
  const env = {
    SPOOLD_CONFIG: writeConfigBeside(stateDirectory, {
      agents: { gated: GATED_AGENT },
      defaultAgent: 'gated',
    }),
  }
  const gate = join(dirname(stateDirectory), 'gate')
  const daemon = await startDaemonProcess({ stateDirectory, env })
  const port = Number(new URL(daemon.file.url).port)
  const scene: Scene = {
    stateDirectory,
    env: { ...env, SPOOLD_PORT: String(port) },
    gate,
    daemon,
    async start(client) {
      const order = { message: gate, working_directory: '/' }
      return (await callTool<{ task_id: string }>(client, 'kiro_chat_async', order)).task_id
    },
    async restart(signal) {
      await scene.daemon.kill(signal)
      scene.daemon = await startDaemonProcess({ stateDirectory, env, port })
    },
  }
  return scene
}

async function untilBefore(client: Client, taskId: string) {
  return waitFor('the first output', async () => {
    const answer = await poll(client, taskId, 0)
    return textOfChunks(answer.new_chunks).includes('before') && answer
  })
}

const connections = {
  HTTP: (scene: Scene) =>
    connectHttp(scene.daemon.file.url, readOrCreateToken(statePaths(scene.stateDirectory).token).token),
  stdio: (scene: Scene) => connectStdio(scene.stateDirectory, scene.env),
}

describe.each(Object.entries(connections))('promise 4: a client over %s', (_, connect) => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'polls on from the same index after the daemon was ended by %s',
    async (signal) => {
      const scene = await openScene()
      const client = await connect(scene)
      const taskId = await scene.start(client)
      const before = await untilBefore(client, taskId)

      await scene.restart(signal)
      writeFileSync(scene.gate, '')
      const { chunks, last } = await readToTheEnd(client, taskId, before.next_chunk_index)
      const all = [...before.new_chunks, ...chunks]
      expect(all.map((chunk) => chunk.index)).toEqual(all.map((_, index) => index))
      expect(textOfChunks(all)).toBe('before 日本 after é')
      expect(last).toMatchObject({ status: 'failed', end_reason: 'exit', exit_code: 5 })
      expect((await readToTheEnd(client, taskId)).chunks).toEqual(all)
    },
  )
})

describe('promise 4: work outlives the daemon', () => {
  it('a task that ends while no daemon runs is reported by the next one, with its output and exit code', async () => {
    const scene = await openScene()
    const client = await connections.HTTP(scene)
    const taskId = await scene.start(client)
    const before = await untilBefore(client, taskId)

    const stopped = await runCli(['stop'], { stateDirectory: scene.stateDirectory })
    expect(stopped).toMatchObject({ code: 0 })
    writeFileSync(scene.gate, '')
    await waitFor('the end of the process', () => processesWith(`SPOOLD_TASK_ID=${taskId}`).length === 0)

    await scene.restart('SIGTERM')
    const { chunks, last } = await readToTheEnd(client, taskId, before.next_chunk_index)
    expect(textOfChunks([...before.new_chunks, ...chunks])).toBe('before 日本 after é')
    expect(last).toMatchObject({ status: 'failed', end_reason: 'exit', exit_code: 5 })
  })

  it('a waiting poll is answered when the daemon is asked to stop', async () => {
    const scene = await openScene()
    const client = await connections.HTTP(scene)
    const taskId = await scene.start(client)
    const before = await untilBefore(client, taskId)
    const waiting = poll(client, taskId, before.next_chunk_index, { wait_ms: 50_000 })
    // Responses to later calls show that the daemon handles the waiting one.
    for (let calls = 0; calls < 3; calls += 1) await poll(client, taskId, 0, { wait_ms: 0 })
    await scene.daemon.stop()
    expect(await waiting).toMatchObject({ is_done: false, new_chunks: [] })
    killProcessesWith(`SPOOLD_TASK_ID=${taskId}`)
  })

  it('`stop --cancel-tasks` ends the tasks, too', async () => {
    const scene = await openScene()
    const client = await connections.HTTP(scene)
    const taskId = await scene.start(client)
    await untilBefore(client, taskId)
    expect(await runCli(['stop', '--cancel-tasks'], scene)).toMatchObject({ code: 0 })
    expect(processesWith(`SPOOLD_TASK_ID=${taskId}`)).toEqual([])
    await scene.restart('SIGTERM')
    expect(await poll(client, taskId, 0)).toMatchObject({ status: 'cancelled' })
  })
})
