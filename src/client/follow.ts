import type { ChunkResult } from '../mcp/results/chunk.js'
import type { StatusResult } from '../mcp/results/status.js'
import type { CallOptions, StatusInput } from './inputs.js'

interface StatusReader {
  status(input: StatusInput, options: CallOptions): Promise<StatusResult>
}

type Chunks = AsyncGenerator<ChunkResult, StatusResult, undefined>

const WAIT_MS = 20_000
const PATIENCE_MS = 60_000
/** Large results save calls if a task prints much; one at a time is held in memory. */
const MAX_BYTES = 1_000_000

/** Chunks from an index to the final one; see SpooldClient.follow. */
export async function* followTask(
  client: StatusReader,
  taskId: string,
  fromIndex: number,
  options: CallOptions,
): Chunks {
  const patient = { signal: options.signal, patienceMs: options.patienceMs ?? PATIENCE_MS }
  const poll = { task_id: taskId, wait_ms: WAIT_MS }
  return yield* readChunks(client, poll, fromIndex, patient, ({ is_done }) => is_done)
}

/** The chunks from an index that exist already. */
export async function* readExisting(client: StatusReader, taskId: string, fromIndex: number): Chunks {
  const poll = { task_id: taskId, wait_ms: 0 }
  return yield* readChunks(client, poll, fromIndex, {}, ({ has_more }) => !has_more)
}

async function* readChunks(
  client: StatusReader,
  poll: StatusInput,
  fromIndex: number,
  options: CallOptions,
  isLast: (status: StatusResult) => boolean,
): Chunks {
  for (let from = fromIndex; ; ) {
    const input: StatusInput = { ...poll, from_chunk_index: from, max_bytes: MAX_BYTES, detail: 'chunks' }
    const status = await client.status(input, options)
    yield* status.new_chunks
    if (isLast(status)) return status
    from = status.next_chunk_index
  }
}
