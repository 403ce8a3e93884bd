import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { statePaths } from '../../src/state/paths.js'
import { readOrCreateToken } from '../../src/state/token.js'
import { startDaemonProcess } from '../helpers/daemon-process.js'
import { writeConfigBeside } from '../helpers/gate.js'
import { connectHttp } from '../helpers/mcp-client.js'
import { callOf, type ToolCaller } from '../helpers/read-on.js'
import { tempDirectory, tempState } from '../helpers/temp-state.js'

const TASKS = 100
const MAX_TEXT_BYTES = 300_000
const KILLS = 4
const AT_ONCE = 10

/** The fields of the original Python module, and no others. */
interface OriginalStatus {
  task_id: string
  is_done: boolean
  last_chunk_index: number
  new_chunks: { index: number; content: string }[]
  new_content: string
  result?: string
}

/** How a client written for the original module reads on, and what it keeps of each result. */
const CLIENTS = {
  'last_chunk_index + 1, new_content': {
    next: (status: OriginalStatus) => status.last_chunk_index + 1,
    content: (status: OriginalStatus) => status.new_content,
  },
  'next_chunk_index, new_content': {
    next: (status: OriginalStatus & { next_chunk_index?: number }) => status.next_chunk_index ?? Number.NaN,
    content: (status: OriginalStatus) => status.new_content,
  },
  'last_chunk_index + 1, new_chunks joined': {
    next: (status: OriginalStatus) => status.last_chunk_index + 1,
    content: (status: OriginalStatus) => status.new_chunks.map(({ content }) => content).join(''),
  },
}
type OriginalClient = (typeof CLIENTS)[keyof typeof CLIENTS]

it(`promise 1: a client that knows only the original fields reads every byte of ${TASKS} tasks, once and in order, through kills of the daemon`, async () => {
  const texts = Array.from({ length: TASKS }, (_, index) => randomText(sizeOf(index)))
  const files = tempDirectory('texts')
  mkdirSync(files, { recursive: true })
  for (const [index, text] of texts.entries()) writeFileSync(join(files, String(index)), text)

  const stateDirectory = tempState()
  const cat = { kind: 'command', argv: ['sh', '-c', 'sleep 0.2; cat "$1"', '--', '{message}'] }
  const env = { SPOOLD_CONFIG: writeConfigBeside(stateDirectory, { agents: { cat }, defaultAgent: 'cat' }) }
  let daemon = await startDaemonProcess({ stateDirectory, env })
  const port = Number(new URL(daemon.file.url).port)
  const client = await connectHttp(daemon.file.url, readOrCreateToken(statePaths(stateDirectory).token).token)

  let done = 0
  const readTask = async (index: number) => {
    const [, variant] = Object.entries(CLIENTS)[index % 3] as [string, OriginalClient]
    // Half of the clients use the default, the others everything from the minimum on.
    const more = index % 2 === 0 ? {} : { max_bytes: 1_000 + index * 150 }
    const start = {
      message: join(files, String(index)),
      working_directory: '/',
      idempotency_key: `text-${index}`,
    }
    const { task_id } = await untilCalled<{ task_id: string }>(client, 'kiro_chat_async', start)
    const read = await readAsOriginal(client, task_id, variant, more)
    const expected = `Processing your request...\n${texts[index]}`
    expect(read.content === expected, `task ${index}: ${read.content.length} of ${expected.length}`).toBe(
      true,
    )
    if (read.result !== undefined) expect(read.result).toBe(texts[index])
    done += 1
  }
  const reading = Promise.all(
    Array.from({ length: AT_ONCE }, async (_, lane) => {
      for (let index = lane; index < TASKS; index += AT_ONCE) await readTask(index)
    }),
  )
  reading.catch(() => {})
  for (let kill = 1; kill <= KILLS; kill += 1) {
    while (done < (kill * TASKS) / (KILLS + 1)) await Promise.race([sleep(10), reading])
    await daemon.kill('SIGKILL')
    daemon = await startDaemonProcess({ stateDirectory, env, port })
  }
  await reading
}, 180_000)

/** The loop of every client of the original module. */
async function readAsOriginal(
  client: ToolCaller,
  taskId: string,
  { next, content }: OriginalClient,
  more: { max_bytes?: number },
): Promise<{ content: string; result: string | undefined }> {
  let read = ''
  for (let from = 0; ; ) {
    const input = { task_id: taskId, from_chunk_index: from, ...more }
    const status = await untilCalled<OriginalStatus>(client, 'kiro_task_status', input)
    read += content(status)
    if (status.is_done) return { content: read, result: status.result }
    from = next(status)
  }
}

/** Repeats a call while the daemon is down. */
async function untilCalled<T>(client: ToolCaller, name: string, input: Record<string, unknown>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await callOf<T>(client, name, input)
    } catch (error) {
      if (failures > 1_000) throw error
      await sleep(20)
    }
  }
}

/** Of all sizes: nothing, a few bytes, and up to 300 KB. */
function sizeOf(index: number): number {
  return index === 0 ? 0 : Math.floor((MAX_TEXT_BYTES * index ** 3) / (TASKS - 1) ** 3)
}

/** Letters, line ends, and characters of two to four bytes; no control characters. */
function randomText(bytes: number): string {
  let text = ''
  for (let size = 0; size < bytes; ) {
    const character = randomCharacter()
    text += character
    size += Buffer.byteLength(character)
  }
  return text
}

const RANGES = [
  [0x20, 0x7e],
  [0xa1, 0x24f],
  [0x4e00, 0x9fff],
  [0x1f300, 0x1f5ff],
] as const

function randomCharacter(): string {
  if (Math.random() < 0.02) return '\n'
  const [first, last] = RANGES[Math.floor(Math.random() * RANGES.length)] ?? RANGES[0]
  return String.fromCodePoint(first + Math.floor(Math.random() * (last - first + 1)))
}
