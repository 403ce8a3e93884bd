import type { Chunk } from '../../domain/chunk.js'
import type { TaskService } from '../../domain/service.js'
import { isEnded, type Task } from '../../domain/task.js'
import { isTold } from '../answers/status.js'
import type { ResourceContents } from '../call.js'
import { outputUri, type Place, readPlace, wrongPlace } from './addresses.js'
import { beginningThatFits } from './escaped-bytes.js'

/** What of an answer is not the text: the URIs and the sentence about what follows. */
const REST_BYTES = 600
const LEAST_TEXT_BYTES = 100
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
  if (from.chunk > before.chunkCount) {
    throw wrongPlace(
      `from=${from.chunk} is beyond the output of ${taskId}, whose next chunk is ${before.chunkCount}; use the URI that the last answer gave, or leave ?from out`,
    )
  }
  const { text, next, task } = await collect(service, taskId, from, maxBytes - REST_BYTES)
  const parts = [{ uri, mimeType: 'text/plain', text }]
  const note = whatFollows(task, next)
  if (note !== null) parts.push({ uri: outputUri(taskId, next), mimeType: 'text/plain', text: note })
  return parts
}

async function collect(service: TaskService, taskId: string, from: Place, bytes: number) {
  let room = Math.max(LEAST_TEXT_BYTES, bytes)
  let next = from
  let text = ''
  for (let lookedThrough = 0; ; ) {
    const query = { from: next.chunk, waitMs: 0, waitFor: 'output', maxBytes: room } as const
    const { chunks, task, hasMore } = await service.status(taskId, query)
    for (const chunk of chunks) {
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
  if (!isTold(chunk, 'text')) return { text: '', size: 0, next: after }
  const skip = from.chunk === chunk.index ? from.skip : 0
  const rest = skip === 0 ? chunk.content : afterBytes(chunk.content, skip)
  const { text, size } = beginningThatFits(rest, room)
  if (text.length === rest.length) return { text, size, next: after }
  return { text, size, next: { chunk: chunk.index, skip: skip + Buffer.byteLength(text) } }
}

/** The text after its first bytes of UTF-8; from the next character on, where that is within one. */
function afterBytes(text: string, skip: number): string {
  const bytes = Buffer.from(text)
  let start = skip
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1
  return bytes.toString('utf8', start)
}

function whatFollows(task: Task, next: Place): string | null {
  const uri = outputUri(task.id, next)
  if (next.chunk < task.chunkCount) return `spoold: this is not all; the output goes on at ${uri}`
  if (isEnded(task)) return null
  return `spoold: the task has not ended (${task.status}); what it says from here on will be at ${uri}`
}
