import type { Chunk } from '../../domain/chunk.js'
import type { TaskService } from '../../domain/service.js'
import { isEnded, type TaskOutline } from '../../domain/task.js'
import { isInsideCharacter } from '../../domain/text.js'
import type { ResourceContents } from '../call.js'
import { outputUri, type Place, readPlace, wrongPlace } from './addresses.js'
import { beginningThatFits } from './beginning-that-fits.js'

/** What of an answer is not the text: the URIs and the sentence about what follows. */
const REST_BYTES = 600
const MIN_TEXT_BYTES = 100
/** Bytes of chunks that one read looks through for text, where a task thinks a lot and says little. */
const LOOKED_THROUGH_BYTES = 4 * 1024 * 1024

/**
 * What the agent said from a place on (its text, and why it failed) as text/plain, such that the whole answer has at
 * most `maxBytes`. Where that is not all, there is a second part, which is ours: it names the URI to read on. A part of
 * its own cannot be taken for the agent's words. Throws `task_not_found`, and RpcError for a place that is not there.
 */
export async function readOutput(
  service: TaskService,
  asked: { taskId: string; from: string; uri: string },
  maxBytes: number,
): Promise<ResourceContents[]> {
  const { taskId, uri } = asked
  const from = readPlace(asked.from)
  const before = await service.get(taskId)
  if (from.chunk + Math.min(from.skip, 1) > before.chunkCount) {
    throw wrongPlace(
      `from=${asked.from} is beyond the output of ${taskId}, whose next chunk is ${before.chunkCount}; use the URI that the last answer gave, or leave ?from out`,
    )
  }
  const { text, next, task } = await collect(service, taskId, from, maxBytes - REST_BYTES)
  const parts = [{ uri, mimeType: 'text/plain', text }]
  const note = whatFollows(task, next)
  if (note !== null) parts.push({ uri: outputUri(taskId, next), mimeType: 'text/plain', text: note })
  return parts
}

async function collect(service: TaskService, taskId: string, from: Place, bytes: number) {
  let room = Math.max(MIN_TEXT_BYTES, bytes)
  let next = from
  let text = ''
  for (let lookedThrough = 0; ; ) {
    const query = { from: next.chunk, waitMs: 0, waitFor: 'output', maxBytes: room } as const
    const { chunks, task, hasMore } = await service.status(taskId, query)
    for (const chunk of chunks) {
      if (chunk.index === from.chunk) refuseWrongSkip(chunk, from)
      const part = tell(chunk, next, room)
      text += part.text
      room -= part.size
      next = part.next
      if (next.chunk === chunk.index) return { text, next, task }
      lookedThrough += Buffer.byteLength(chunk.content)
    }
    if (!hasMore || room <= 0 || lookedThrough > LOOKED_THROUGH_BYTES) return { text, next, task }
  }
}

/** What is told of a chunk in `room` bytes, and the place after that, which is within the chunk where it is too long. */
function tell(chunk: Chunk, from: Place, room: number): { text: string; size: number; next: Place } {
  const after: Place = { chunk: chunk.index + 1, skip: 0 }
  if (chunk.kind !== 'text' && chunk.kind !== 'error') return { text: '', size: 0, next: after }
  const skip = from.chunk === chunk.index ? from.skip : 0
  const rest = chunk.content.slice(skip)
  const { text, size } = beginningThatFits(rest, room)
  if (text.length === rest.length) return { text, size, next: after }
  return { text, size, next: { chunk: chunk.index, skip: skip + text.length } }
}

/** A place that no answer ever named would skip something, or halve a character. */
function refuseWrongSkip({ content }: Chunk, { chunk, skip }: Place): void {
  if (skip === 0 || (skip < content.length && !isInsideCharacter(content, skip))) return
  throw wrongPlace(
    `from=${chunk}.${skip} is no place in chunk ${chunk}; use the URI that the last answer gave, or leave ?from out`,
  )
}

function whatFollows(task: TaskOutline, next: Place): string | null {
  const uri = outputUri(task.id, next)
  if (next.chunk < task.chunkCount) return `spoold: this is not all; the output goes on at ${uri}`
  if (isEnded(task)) return null
  return `spoold: the task has not ended (${task.status}); what it says from here on will be at ${uri}`
}
