import type { StatusInput } from '../../client/inputs.js'
import type { ChunkKind } from '../../domain/chunk.js'
import { oneLine, truncateStart } from '../../domain/text.js'
import type { ChunkResult } from '../../mcp/results/chunk.js'
import type { StatusResult } from '../../mcp/results/status.js'

/** The end of a task's output as far as it was read. */
export interface Tail {
  /** Index of the next chunk to read. */
  nextIndex: number
  /** The end of the text; its last line may be incomplete. */
  text: string
  kind: ChunkKind | null
  /** The last non-empty line, cleaned; empty if there is none. */
  line: string
}

export const NOTHING_READ: Tail = { nextIndex: 0, text: '', kind: null, line: '' }

/** A reader that is further behind skips chunks: the last line needs only the end of the output. */
const CHUNKS_BACK = 3
/** Enough for several chunks, also of databases with chunks of 16 KiB. */
const MAX_BYTES = 40_000
const MAX_TAIL_LENGTH = 2_000
const LINE_LENGTH = 400

/** The input of the next read for the last line; undefined if everything is read. */
export function nextRead(
  tail: Tail,
  taskId: string,
  chunksCount: number,
): (StatusInput & { from_chunk_index: number }) | undefined {
  if (tail.nextIndex >= chunksCount) return undefined
  const from = Math.max(tail.nextIndex, chunksCount - CHUNKS_BACK)
  return { task_id: taskId, from_chunk_index: from, wait_ms: 0, detail: 'chunks', max_bytes: MAX_BYTES }
}

/** The tail after a read from chunk `from`. Output of another kind starts on a new line. */
export function withOutput(tail: Tail, from: number, status: StatusResult): Tail {
  const hasJumped = from !== tail.nextIndex
  let { text, kind } = hasJumped ? { text: '', kind: null } : tail
  for (const chunk of status.new_chunks) {
    if (chunk.content === '' || isGreeting(chunk)) continue
    if (kind !== null && kind !== chunk.kind) text += '\n'
    text += chunk.content
    kind = chunk.kind
  }
  text = truncateStart(text, MAX_TAIL_LENGTH)
  return { nextIndex: status.next_chunk_index, text, kind, line: lastLineOf(text) ?? tail.line }
}

/** The first chunk is the same for every task. */
function isGreeting({ index, kind }: ChunkResult): boolean {
  return index === 0 && kind === 'notice'
}

function lastLineOf(text: string): string | undefined {
  const lines = text.split(/[\n\u2028\u2029]/)
  for (const line of lines.reverse()) {
    const clean = oneLine(line, LINE_LENGTH)
    if (clean !== '') return clean
  }
  return undefined
}
