import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { expect, it, onTestFinished } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { randomFrom, textOf } from '../fixtures/crash-writer.mjs'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import {
  callTool,
  connectHttp,
  poll,
  readToTheEnd,
  type SeenChunk,
  textOfChunks,
} from '../helpers/mcp-client.js'
import { processesWith } from '../helpers/processes.js'
import { BIN, cleanEnvironment } from '../helpers/run-cli.js'
import { tempState } from '../helpers/temp-state.js'
import { waitFor } from '../helpers/wait-for.js'

const KILLS = 50
/** Agents of the writers, all at work at the same time. */
const WRITERS = ['writer', 'writer', 'talker', 'talker']
/** Repeat a run that failed with SPOOLD_TEST_SEED. */
const SEED = Number(process.env.SPOOLD_TEST_SEED ?? Date.now() % 1_000_000)

interface Written {
  taskId: string
  seed: number
  bytes: number
  exitCode: number
  /** As the client saw them while daemons died. */
  seen: SeenChunk[]
}

it(`promise 3: ${KILLS} kills at random instants lose nothing, repeat nothing and reorder nothing (seed ${SEED})`, async () => {
  const stateDirectory = tempState()
  const configFile = writeConfig(stateDirectory)
  const env = { SPOOLD_CONFIG: configFile }
  const first = await startDaemonProcess({ stateDirectory, env })
  const port = Number(new URL(first.file.url).port)
  const token = readOrCreateToken(statePaths(stateDirectory).token).token
  const clients = await Promise.all(WRITERS.map(() => connectHttp(first.file.url, token)))
  await first.kill('SIGKILL')

  const random = randomFrom(SEED)
  const killing = new AbortController()
  const written: Written[] = []
  const writers = clients.map((client, n) =>
    keepWriting({ client, agent: WRITERS[n] ?? '', seed: SEED + 1_000 * n }, written, killing.signal),
  )
  const killer = killAgainAndAgain(() => startDaemon(stateDirectory, port, env), random)
  // Whichever of them fails, fails the test at once.
  await Promise.race([killer, Promise.all(writers)])
  const last = await startDaemonProcess({ stateDirectory, port, env })
  killing.abort()
  await Promise.all(writers)

  expect(written.length).toBeGreaterThanOrEqual(WRITERS.length)
  const [client] = clients
  for (const task of written) await expectWhole(client as Client, task)
  await waitFor('no spool to be left', () => readdirSync(statePaths(stateDirectory).spool).length === 0)
  for (const { taskId } of written) expect(processesWith(`SPOOLD_TASK_ID=${taskId}`)).toEqual([])
  await last.stop()
}, 240_000)

function writeConfig(stateDirectory: string): string {
  const fixture = (name: string) => join(import.meta.dirname, '..', 'fixtures', name)
  const agents = {
    writer: { kind: 'command', argv: [process.execPath, fixture('crash-writer.mjs'), '{message}'] },
    talker: { kind: 'acp', argv: [process.execPath, fixture('crash-acp-writer.mjs')], permissions: 'allow' },
  }
  const file = join(dirname(stateDirectory), 'config.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify({ agents, defaultAgent: 'writer' }))
  return file
}

/** Not waited for: some kills shall come while it starts, migrates or recovers. */
function startDaemon(stateDirectory: string, port: number, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [BIN, 'serve', '--port', String(port)], {
    env: cleanEnvironment(stateDirectory, env),
    stdio: 'ignore',
  })
}

async function killAgainAndAgain(start: () => ChildProcess, random: () => number): Promise<void> {
  let child: ChildProcess | undefined
  onTestFinished(() => void child?.kill('SIGKILL'))
  for (let kills = 0; kills < KILLS; kills += 1) {
    child = start()
    const gone = once(child, 'exit')
    await pause(150 + random() * 900)
    expect(child.exitCode, 'no daemon ends by itself').toBeNull()
    child.kill('SIGKILL')
    await gone
  }
}

/** One task after the other, each followed to its end, until the killing is over. */
async function keepWriting(
  { client, agent, seed }: { client: Client; agent: string; seed: number },
  written: Written[],
  over: AbortSignal,
): Promise<void> {
  for (let n = 0; !over.aborted; n += 1) {
    const exitCode = agent === 'writer' ? (seed + n) % 4 : 0
    const order = { seed: seed + n, bytes: 4_000 + (n % 3) * 20_000, exitCode, pauseMs: 25 }
    const start = () =>
      callTool<{ task_id: string }>(client, 'kiro_chat_async', {
        message: JSON.stringify(order),
        agent,
        working_directory: '/',
        idempotency_key: `key-${order.seed}`,
      })
    const { task_id: taskId } = await insist(start)
    const task: Written = { taskId, ...order, seen: [] }
    written.push(task)
    for (let done = false; !done; ) {
      const answer = await insist(() => poll(client, taskId, task.seen.length))
      task.seen.push(...answer.new_chunks)
      done = answer.is_done && !answer.has_more
    }
  }
}

/** As a client would: a call that met no daemon is made again. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  const until = Date.now() + 60_000
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (Date.now() > until || String(error).includes('"code"')) throw error
      await pause(20)
    }
  }
}

async function expectWhole(client: Client, task: Written): Promise<void> {
  const { chunks, last } = await readToTheEnd(client, task.taskId)
  expect(chunks, 'what was seen while daemons died is what is there').toEqual(task.seen)
  expect(chunks.map((chunk) => chunk.index)).toEqual(chunks.map((_, index) => index))
  expect(chunks.filter((chunk) => chunk.is_final)).toEqual([chunks.at(-1)])
  expect(textOfChunks(chunks)).toBe(textOf(task.seed, task.bytes))
  expect(last.exit_code).toBe(task.exitCode)
  expect(last.status).toBe(task.exitCode === 0 ? 'completed' : 'failed')
  const times = chunks.map((chunk) => chunk.timestamp)
  expect(times).toEqual([...times].sort())
}
