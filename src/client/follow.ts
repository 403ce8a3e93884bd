import type { ChunkAnswer } from '../mcp/answers/chunk.js'
import type { StatusAnswer } from '../mcp/answers/status.js'
import type { CallOptions, StatusInput } from './inputs.js'

interface StatusReader {
  status(input: StatusInput, options: CallOptions): Promise<StatusAnswer>
}

const WAIT_MS = 20_000
const PATIENCE_MS = 60_000
/** Large answers save calls where a task prints much; memory holds one at a time. */
const MAX_BYTES = 1_000_000

/** Chunks from an index to the final one; see SpooldClient.follow. */
export async function* followTask(
  client: StatusReader,
  taskId: string,
  fromIndex: number,
  options: CallOptions,
): AsyncGenerator<ChunkAnswer, StatusAnswer, undefined> {
  const patient = { signal: options.signal, patienceMs: options.patienceMs ?? PATIENCE_MS }
  const ask: StatusInput = { task_id: taskId, wait_ms: WAIT_MS, max_bytes: MAX_BYTES, detail: 'chunks' }
  for (let next = fromIndex; ; ) {
    const answer = await client.status({ ...ask, from_chunk_index: next }, patient)
    yield* answer.new_chunks
    next = answer.next_chunk_index
    if (answer.is_done && !answer.has_more) return answer
  }
}
