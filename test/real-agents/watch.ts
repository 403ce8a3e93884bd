import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type Poll, poll, type SeenChunk, textOfChunks } from '../helpers/mcp-client.js'
import { processesWith } from '../helpers/processes.js'
import type { Scene } from './scene.js'

/**
 * Reads from the first chunk on until an answer fits, and gives it with all chunks so far. Fails at once when the task
 * ends without one.
 */
export async function untilAnswer(
  scene: Scene,
  taskId: string,
  what: string,
  fits: (answer: Poll) => boolean,
): Promise<Poll> {
  const until = Date.now() + 60_000
  for (let chunks: SeenChunk[] = []; ; ) {
    const next = await poll(scene.client, taskId, chunks.length, { wait_ms: 1_000 })
    chunks = [...chunks, ...next.new_chunks]
    const answer = { ...next, new_chunks: chunks }
    if (fits(answer)) return answer
    if (next.is_done || Date.now() > until) throw new Error(`no ${what}: ${JSON.stringify(answer)}`)
  }
}

export const untilText = (scene: Scene, taskId: string, text: string) =>
  untilAnswer(scene, taskId, `text ${text}`, ({ new_chunks }) => textOfChunks(new_chunks).includes(text))

/** All chunks from the first: without holes, exactly one final one, and that the last. */
export function expectWhole(chunks: SeenChunk[]): void {
  expect(chunks.map((chunk) => chunk.index)).toEqual(chunks.map((_, index) => index))
  expect(chunks.filter((chunk) => chunk.is_final)).toEqual([chunks.at(-1)])
}

/** Pids of what a task has started, wherever it has gone. */
export const processesOf = (taskId: string) => processesWith(`SPOOLD_TASK_ID=${taskId}`)

/** Pids of the processes that have this text in their command line. */
export function commandsWith(text: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!Number.isInteger(pid)) return false
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text)
      } catch {
        return false
      }
    })
}
