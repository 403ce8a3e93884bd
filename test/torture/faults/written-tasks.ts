import { join } from 'node:path'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { expect } from 'vitest'
import { callTool, poll, readToTheEnd, type SeenChunk, textOfChunks } from '../../helpers/mcp-client.js'
import { waitFor } from '../../helpers/wait-for.js'
import { expectValidChunks } from '../scene/valid-chunks.js'
import { textOf } from '../scene/writer.mjs'
import type { WriterRequest } from '../scene/writers.js'

const WRITER_FILE = join(import.meta.dirname, '..', 'scene', 'writer.mjs')

/** An agent that writes the text that its message requests. */
export const WRITER = { kind: 'command', argv: [process.execPath, WRITER_FILE, '{message}'] }

export interface WrittenTask extends WriterRequest {
  taskId: string
  /** The chunks that a client read while the fault lasted. */
  seen: SeenChunk[]
}

export async function startWriter(
  client: Client,
  request: WriterRequest,
  more: Record<string, unknown> = {},
): Promise<WrittenTask> {
  const { task_id: taskId } = await callTool<{ task_id: string }>(client, 'kiro_chat_async', {
    message: JSON.stringify(request),
    agent: 'writer',
    working_directory: '/',
    ...more,
  })
  return { ...request, taskId, seen: [] }
}

/** Starts `count` tasks, each with another seed and exit code. */
export async function startWriters(
  client: Client,
  { count, seed, ...request }: { count: number; seed: number; bytes: number; pauseMs: number },
): Promise<WrittenTask[]> {
  const writers: WrittenTask[] = []
  for (let n = 0; n < count; n += 1) {
    writers.push(await startWriter(client, { ...request, seed: seed + n, exitCode: n }))
  }
  return writers
}

/** Polls until each task has printed something. */
export async function untilOutput(client: Client, tasks: WrittenTask[]): Promise<void> {
  await waitFor('output of all tasks', async () => {
    for (const task of tasks) await pollNow(client, task)
    return tasks.every(({ seen }) => seen.length > 1)
  })
}

/** The error with which a start is refused. The first starts may succeed, because a full disk can still store a little. */
export async function startError(client: Client): Promise<string> {
  const request = { message: '{}', agent: 'writer', working_directory: '/' }
  return waitFor('a refusal', async () => {
    const result = await client.callTool({ name: 'kiro_chat_async', arguments: request })
    return result.isError === true && JSON.stringify(result.structuredContent)
  })
}

/** Polls a task once without waiting, and adds the new chunks to `seen`. */
export async function pollNow(client: Client, task: WrittenTask): Promise<void> {
  const { new_chunks: chunks } = await poll(client, task.taskId, task.seen.length, { wait_ms: 0 })
  task.seen.push(...chunks)
}

/** Reads a task to its end. Its chunks must be valid and begin with the ones in `seen`. */
export async function readWhole(client: Client, task: WrittenTask) {
  const { chunks, last } = await readToTheEnd(client, task.taskId)
  expect(chunks.slice(0, task.seen.length), 'the chunks that were seen').toEqual(task.seen)
  expectValidChunks(chunks)
  return { chunks, last, text: textOfChunks(chunks) }
}

/** The task wrote the whole requested text and exited with the requested code. */
export async function expectAllOf(client: Client, task: WrittenTask): Promise<void> {
  const { last, text } = await readWhole(client, task)
  expect(text === textOf(task.seed, task.bytes), `the text of ${task.taskId} equals what was written`).toBe(
    true,
  )
  expect(last.exit_code).toBe(task.exitCode)
  expect(last.status).toBe(task.exitCode === 0 ? 'completed' : 'failed')
}
