import type { StatusInput } from '../../client/inputs.js'
import type { ChunkKind } from '../../domain/chunk.js'
import { oneLine, takeEnd } from '../../domain/text.js'
import type { ChunkResult } from '../../mcp/results/chunk.js'
import type { StatusResult } from '../../mcp/results/status.js'

/** The end of a task's output, as far as it was read. */
export interface Tail {
  /** The chunk to read next. */
  nextIndex: number
  /** The end of what was read; a line of it may not be whole yet. */
  text: string
  kind: ChunkKind | null
  /** The last line with something in it, clean; empty while there is none. */
  line: string
}

export const NOTHING_READ: Tail = { nextIndex: 0, text: '', kind: null, line: '' }

/** Whoever is further behind jumps: a task that prints much is not read whole for its last line. */
const CHUNKS_BACK = 3
/** Two chunks of the usual largest size (16 KiB). */
const MAX_BYTES = 40_000
const KEPT_LENGTH = 2_000
const LINE_LENGTH = 400

/** What to ask for to know the last line of a task with so many chunks; undefined where all is read. */
export function nextRead(
  tail: Tail,
  taskId: string,
  chunksCount: number,
): (StatusInput & { from_chunk_index: number }) | undefined {
  if (tail.nextIndex >= chunksCount) return undefined
  const from = Math.max(tail.nextIndex, chunksCount - CHUNKS_BACK)
  return { task_id: taskId, from_chunk_index: from, wait_ms: 0, detail: 'chunks', max_bytes: MAX_BYTES }
}

/** The tail with what a read from chunk `from` gave. Output of another kind begins on a line of its own. */
export function withOutput(tail: Tail, from: number, answer: StatusResult): Tail {
  const hasJumped = from !== tail.nextIndex
  let { text, kind } = hasJumped ? { text: '', kind: null } : tail
  for (const chunk of answer.new_chunks) {
    if (chunk.content === '' || isGreeting(chunk)) continue
    if (kind !== null && kind !== chunk.kind) text += '\n'
    text += chunk.content
    kind = chunk.kind
  }
  text = takeEnd(text, KEPT_LENGTH)
  return { nextIndex: answer.next_chunk_index, text, kind, line: lastLineOf(text) ?? tail.line }
}

/** The first chunk of every task: it says nothing of this one. */
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
