import type { ChunkResult } from '../mcp/results/chunk.js'
import type { StatusResult } from '../mcp/results/status.js'
import type { CallOptions, StatusInput } from './inputs.js'

interface StatusReader {
  status(input: StatusInput, options: CallOptions): Promise<StatusResult>
}

type Chunks = AsyncGenerator<ChunkResult, StatusResult, undefined>

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
): Chunks {
  const patient = { signal: options.signal, patienceMs: options.patienceMs ?? PATIENCE_MS }
  const isOver = (answer: StatusResult) => answer.is_done && !answer.has_more
  return yield* readOn(client, { task_id: taskId, wait_ms: WAIT_MS }, fromIndex, patient, isOver)
}

/** The chunks from an index that are there already. */
export async function* readWhatIsThere(client: StatusReader, taskId: string, fromIndex: number): Chunks {
  const isOver = (answer: StatusResult) => !answer.has_more
  return yield* readOn(client, { task_id: taskId, wait_ms: 0 }, fromIndex, {}, isOver)
}

/** Gives whole chunks only: parts of one are kept until they are all there. */
async function* readOn(
  client: StatusReader,
  ask: StatusInput,
  fromIndex: number,
  options: CallOptions,
  isOver: (answer: StatusResult) => boolean,
): Chunks {
  let cursor: Pick<StatusInput, 'from_chunk_index' | 'from_offset'> = { from_chunk_index: fromIndex }
  let beginning = ''
  for (;;) {
    const input: StatusInput = { ...ask, ...cursor, max_bytes: MAX_BYTES, detail: 'chunks' }
    const answer = await client.status(input, options)
    cursor = { from_chunk_index: answer.next_chunk_index, from_offset: answer.next_offset }
    for (const chunk of answer.new_chunks) {
      if (chunk.index === cursor.from_chunk_index) {
        beginning += chunk.content
        continue
      }
      yield whole(beginning, chunk)
      beginning = ''
    }
    if (isOver(answer)) return answer
  }
}

function whole(beginning: string, { is_partial: _, offset: __, ...chunk }: ChunkResult): ChunkResult {
  return { ...chunk, content: beginning + chunk.content }
}
