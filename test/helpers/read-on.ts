import { setTimeout as sleep } from 'node:timers/promises'
import type { Poll, SeenChunk } from './mcp-client.js'
import { waitFor } from './wait-for.js'

/** The common interface of the SDK's clients 1.x and 2.x. */
export interface ToolCaller {
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<object>
}

interface ToolResult {
  isError?: boolean
  structuredContent?: unknown
  content?: unknown
}

/** Structured content of a tool call; rejects with the text of an error. */
export async function callOf<T>(client: ToolCaller, name: string, args: Record<string, unknown>): Promise<T> {
  const answer: ToolResult = await client.callTool({ name, arguments: args })
  if (answer.isError === true) throw new Error(JSON.stringify(answer.content))
  return answer.structuredContent as T
}

export interface Reading {
  chunks: SeenChunk[]
  /** Errors of calls that were repeated. */
  failures: unknown[]
  /** Waits for this number of further chunks. */
  more(count: number): Promise<void>
  /** The last result. */
  end: Promise<Poll>
}

const MAX_FAILURES = 500

/** Polls until the end, each time from the next index, and repeats failed calls. */
export function readOn(client: ToolCaller, taskId: string): Reading {
  const chunks: SeenChunk[] = []
  const failures: unknown[] = []
  const read = async () => {
    for (let next = 0; ; ) {
      const args = { task_id: taskId, from_chunk_index: next, wait_ms: 2_000, detail: 'chunks' }
      try {
        const answer = await callOf<Poll>(client, 'kiro_task_status', args)
        chunks.push(...answer.new_chunks)
        next = answer.next_chunk_index
        if (answer.is_done) return answer
      } catch (error) {
        failures.push(error)
        if (failures.length > MAX_FAILURES) throw error
        await sleep(20)
      }
    }
  }
  const end = read()
  // A test that does not wait for the end has failed for another reason.
  end.catch(() => {})
  return {
    chunks,
    failures,
    more: async (count) => {
      const wanted = chunks.length + count
      await waitFor(`${wanted} chunks`, () => chunks.length >= wanted)
    },
    end,
  }
}
