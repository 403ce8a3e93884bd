import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import type { Poll, SeenChunk } from '../../helpers/mcp-client.js'
import { textOfChunks } from '../../helpers/mcp-client.js'
import { callOf, type ToolCaller } from '../../helpers/read-on.js'
import { expectValidChunks } from './valid-chunks.js'
import { textOf } from './writer.mjs'
import { requestFor, type WriterRequest } from './writers.js'

/** What happens to a task: it is kept, cancelled while it runs, or purged a second after its end. */
export type Fate = 'kept' | 'cancelled' | 'purged'

export interface WrittenTask {
  taskId: string
  agent: string
  request: WriterRequest
  fate: Fate
  /** The chunks that its client saw while daemons were killed. */
  seen: SeenChunk[]
}

/** Starts one task of an agent after the other, adds it to `tasks` and follows it to its end, until the signal aborts. */
export async function keepWriting(
  client: ToolCaller,
  { agent, seed, over, tasks }: { agent: string; seed: number; over: AbortSignal; tasks: WrittenTask[] },
): Promise<void> {
  for (let n = 0; !over.aborted; n += 1) {
    const request = requestFor(agent, seed + n)
    const fate: Fate = n % 7 === 3 ? 'cancelled' : n % 5 === 2 ? 'purged' : 'kept'
    const start = {
      message: JSON.stringify(request),
      agent,
      working_directory: '/',
      idempotency_key: `key-${request.seed}`,
      ...(fate === 'purged' ? { ttl_seconds: 1 } : {}),
    }
    const { task_id: taskId } = await retryCall(() =>
      callOf<{ task_id: string }>(client, 'kiro_chat_async', start),
    )
    const task: WrittenTask = { taskId, agent, request, fate, seen: [] }
    tasks.push(task)
    await follow(client, task)
  }
}

async function follow(client: ToolCaller, task: WrittenTask): Promise<void> {
  for (let isOver = false, isCancelled = false; !isOver; ) {
    try {
      if (task.fate === 'cancelled' && !isCancelled && task.seen.length >= 3) {
        await retryCall(() => callOf(client, 'kiro_task_cancel', { task_id: task.taskId }))
        isCancelled = true
      }
      const result = await retryCall(() => pollOnce(client, task.taskId, task.seen.length))
      task.seen.push(...result.new_chunks)
      isOver = result.is_done
    } catch (error) {
      // The task may be purged before all of it was read.
      if (task.fate !== 'purged' || !String(error).includes('There is no task')) {
        throw new Error(`${task.agent}, ${task.taskId}, ${task.seen.length} chunks seen`, { cause: error })
      }
      isOver = true
    }
  }
}

const pollOnce = (client: ToolCaller, taskId: string, from: number) =>
  callOf<Poll>(client, 'kiro_task_status', {
    task_id: taskId,
    from_chunk_index: from,
    // Shorter than the life of most daemons, so that some polls succeed.
    wait_ms: 300,
    // A result of this size has room for every chunk.
    max_bytes: 1_000_000,
  })

const PATIENCE_MS = 300_000

/** Repeats a call that reached no daemon, as a client does. An error of the tool rejects. */
async function retryCall<T>(call: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (Date.now() > until || isToolError(error)) throw error
      await pause(20)
    }
  }
}

function isToolError(error: unknown): boolean {
  const message = String(error)
  return message.includes('"text"') && !message.includes('The daemon is stopping')
}

/** A client reads what was written, and what its client saw before. */
export async function expectWhole(client: ToolCaller, task: WrittenTask): Promise<void> {
  const { chunks, last } = await readAll(client, task.taskId)
  const { seed, bytes, exitCode } = task.request
  const text = textOf(seed, bytes)
  expect(chunks, 'the chunks that were seen while daemons were killed').toEqual(task.seen)
  expectValidChunks(chunks)
  if (last.status === 'cancelled') {
    expect(task.fate).toBe('cancelled')
    expect(
      text.startsWith(withoutHalfCharacter(textOfChunks(chunks))),
      'the beginning of what was written',
    ).toBe(true)
    return
  }
  expect(textOfChunks(chunks)).toBe(text)
  expect(last.status).toBe(exitCode === 0 ? 'completed' : 'failed')
  // An agent that speaks ACP may be killed after its turn.
  expect(task.agent.endsWith('acp') ? [exitCode, null] : [exitCode]).toContain(last.exit_code)
}

/** A killed program can leave the first bytes of a character behind. */
const withoutHalfCharacter = (text: string) => text.replace(/\uFFFD+$/, '')

async function readAll(client: ToolCaller, taskId: string): Promise<{ chunks: SeenChunk[]; last: Poll }> {
  const chunks: SeenChunk[] = []
  for (;;) {
    const last = await pollOnce(client, taskId, chunks.length)
    chunks.push(...last.new_chunks)
    if (last.is_done) return { chunks, last }
  }
}

/** The views contain what the clients of the tasks saw. */
export function expectSameInViews(database: string, tasks: WrittenTask[]): void {
  const db = new Database(database, { readonly: true })
  try {
    const transcript = db.prepare<
      [string],
      { chunk_index: number; at: string; kind: string; content: string }
    >('SELECT chunk_index, at, kind, content FROM task_transcript WHERE task_id = ? ORDER BY chunk_index')
    for (const { taskId, seen } of tasks) {
      expect(transcript.all(taskId)).toEqual(
        seen.map(({ index, timestamp, kind, content }) => ({
          chunk_index: index,
          at: timestamp,
          kind,
          content,
        })),
      )
    }
  } finally {
    db.close()
  }
}
