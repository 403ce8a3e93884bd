import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import type { Poll, SeenChunk } from '../../helpers/mcp-client.js'
import { textOfChunks } from '../../helpers/mcp-client.js'
import { callOf, type ToolCaller } from '../../helpers/read-on.js'
import { expectSoundChunks } from './sound-chunks.js'
import { textOf } from './writer.mjs'
import { orderFor, type WriterOrder } from './writers.js'

/** What is done with a task besides reading it: it is cancelled on the way, or purged a second after its end. */
export type Fate = 'kept' | 'cancelled' | 'purged'

export interface WrittenTask {
  taskId: string
  agent: string
  order: WriterOrder
  fate: Fate
  /** As the client saw them while daemons died. */
  seen: SeenChunk[]
}

/** One task of an agent after the other, each added to the tasks and followed to its end, until it is over. */
export async function keepWriting(
  client: ToolCaller,
  { agent, seed, over, tasks }: { agent: string; seed: number; over: AbortSignal; tasks: WrittenTask[] },
): Promise<void> {
  for (let n = 0; !over.aborted; n += 1) {
    const order = orderFor(agent, seed + n)
    const fate: Fate = n % 7 === 3 ? 'cancelled' : n % 5 === 2 ? 'purged' : 'kept'
    const start = {
      message: JSON.stringify(order),
      agent,
      working_directory: '/',
      idempotency_key: `key-${order.seed}`,
      ...(fate === 'purged' ? { ttl_seconds: 1 } : {}),
    }
    const { task_id: taskId } = await insist(() =>
      callOf<{ task_id: string }>(client, 'kiro_chat_async', start),
    )
    const task: WrittenTask = { taskId, agent, order, fate, seen: [] }
    tasks.push(task)
    await follow(client, task)
  }
}

async function follow(client: ToolCaller, task: WrittenTask): Promise<void> {
  for (let isOver = false, isCancelled = false; !isOver; ) {
    try {
      if (task.fate === 'cancelled' && !isCancelled && task.seen.length >= 3) {
        await insist(() => callOf(client, 'kiro_task_cancel', { task_id: task.taskId }))
        isCancelled = true
      }
      const answer = await insist(() => pollOnce(client, task.taskId, task.seen.length))
      task.seen.push(...answer.new_chunks)
      isOver = answer.is_done
    } catch (error) {
      // Its time may be over before all of it was read.
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
    // Shorter than most lives of a daemon, so that some are answered.
    wait_ms: 300,
    // Every chunk fits whole into such an answer.
    max_bytes: 1_000_000,
  })

const PATIENCE_MS = 300_000

/** As a client would: a call that met no daemon is made again; a refusal is one. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (Date.now() > until || isRefusal(error)) throw error
      await pause(20)
    }
  }
}

function isRefusal(error: unknown): boolean {
  const said = String(error)
  return said.includes('"text"') && !said.includes('shutting down')
}

/** What a client reads now is what was written, and what every client saw before. */
export async function expectWhole(client: ToolCaller, task: WrittenTask): Promise<void> {
  const { chunks, last } = await readAll(client, task.taskId)
  const { seed, bytes, exitCode } = task.order
  const text = textOf(seed, bytes)
  expect(chunks, 'what was seen while daemons died is what is there').toEqual(task.seen)
  expectSoundChunks(chunks)
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
  // One that speaks ACP may have been ended after its turn.
  expect(task.agent.endsWith('acp') ? [exitCode, null] : [exitCode]).toContain(last.exit_code)
}

/** A program that is killed may leave the first bytes of one behind. */
const withoutHalfCharacter = (text: string) => text.replace(/\uFFFD+$/, '')

async function readAll(client: ToolCaller, taskId: string): Promise<{ chunks: SeenChunk[]; last: Poll }> {
  const chunks: SeenChunk[] = []
  for (;;) {
    const last = await pollOnce(client, taskId, chunks.length)
    chunks.push(...last.new_chunks)
    if (last.is_done) return { chunks, last }
  }
}

/** The views tell of a task what its client saw. */
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
