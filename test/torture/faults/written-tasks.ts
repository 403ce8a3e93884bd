import { join } from 'node:path'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { expect } from 'vitest'
import { callTool, poll, readToTheEnd, type SeenChunk, textOfChunks } from '../../helpers/mcp-client.js'
import { waitFor } from '../../helpers/wait-for.js'
import { expectValidChunks } from '../scene/valid-chunks.js'
import { textOf } from '../scene/writer.mjs'
import type { WriterRequest } from '../scene/writers.js'

const WRITER_FILE = join(import.meta.dirname, '..', 'scene', 'writer.mjs')

/** Agents of these tests: one writes what its message requests, the other waits for a file (gate.ts). */
export const WRITER = { kind: 'command', argv: [process.execPath, WRITER_FILE, '{message}'] }

export interface WrittenTask extends WriterRequest {
  taskId: string
  /** As a client saw them while the fault lasted. */
  seen: SeenChunk[]
}

export async function startWriter(
  client: Client,
  order: WriterRequest,
  more: Record<string, unknown> = {},
): Promise<WrittenTask> {
  const { task_id: taskId } = await callTool<{ task_id: string }>(client, 'kiro_chat_async', {
    message: JSON.stringify(order),
    agent: 'writer',
    working_directory: '/',
    ...more,
  })
  return { ...order, taskId, seen: [] }
}

/** So many at once, each with a seed and an exit code of its own. */
export async function startWriters(
  client: Client,
  { count, seed, ...order }: { count: number; seed: number; bytes: number; pauseMs: number },
): Promise<WrittenTask[]> {
  const writers: WrittenTask[] = []
  for (let n = 0; n < count; n += 1) {
    writers.push(await startWriter(client, { ...order, seed: seed + n, exitCode: n }))
  }
  return writers
}

/** Looks until each of them has printed something. */
export async function untilOutput(client: Client, tasks: WrittenTask[]): Promise<void> {
  await waitFor('output of all', async () => {
    for (const task of tasks) await look(client, task)
    return tasks.every(({ seen }) => seen.length > 1)
  })
}

/** What a start is refused with; a little can be stored on a disk that is full already. */
export async function refusalOfStart(client: Client): Promise<string> {
  const order = { message: '{}', agent: 'writer', working_directory: '/' }
  return waitFor('a refusal', async () => {
    const answer = await client.callTool({ name: 'kiro_chat_async', arguments: order })
    return answer.isError === true && JSON.stringify(answer.structuredContent)
  })
}

/** Takes what is there of a task, as a client does that polls. */
export async function look(client: Client, task: WrittenTask): Promise<void> {
  const answer = await poll(client, task.taskId, task.seen.length, { wait_ms: 0 })
  task.seen.push(...answer.new_chunks)
}

/** Reads a task to its end: chunks as they were seen, whole, in order, dated in order, and ended once. */
export async function readWhole(client: Client, task: WrittenTask) {
  const { chunks, last } = await readToTheEnd(client, task.taskId)
  expect(chunks.slice(0, task.seen.length), 'what was seen is what is there').toEqual(task.seen)
  expectValidChunks(chunks)
  return { chunks, last, text: textOfChunks(chunks) }
}

/** It wrote all that it was to write, and ended as it was to end. */
export async function expectAllOf(client: Client, task: WrittenTask): Promise<void> {
  const { last, text } = await readWhole(client, task)
  expect(text === textOf(task.seed, task.bytes), `the text of ${task.taskId} is what was written`).toBe(true)
  expect(last.exit_code).toBe(task.exitCode)
  expect(last.status).toBe(task.exitCode === 0 ? 'completed' : 'failed')
}
