import type { TaskService } from '../../domain/service.js'
import { isEnded, type TaskOutline } from '../../domain/task.js'
import { escapedBytes } from '../budget.js'
import type { ResourceContents } from '../call.js'
import { invalidParams } from '../rpc-error.js'
import { outputUri, parseFrom } from './addresses.js'

/** Room for what is not the text: the URIs and the sentence about the rest. */
const HEAD_BYTES = 600
/** Bytes of chunks that one read scans for text, if a task thinks a lot and says little. */
const MAX_SCANNED_BYTES = 4 * 1024 * 1024

/**
 * The agent's text from a chunk on, and why it failed, as text/plain of whole chunks: as many as fit `maxBytes`, and at
 * least one. If more follows, a second part of ours names the URI to read on: as a separate part it cannot be taken
 * for the agent's words. Throws `task_not_found`, and RpcError for an index beyond the output.
 */
export async function readOutput(
  service: TaskService,
  { taskId, uri, ...address }: { taskId: string; from: string; uri: string },
  maxBytes: number,
): Promise<ResourceContents[]> {
  const from = parseFrom(address.from)
  const { chunkCount } = await service.get(taskId)
  if (from > chunkCount) {
    throw invalidParams(
      `from=${from} is beyond the output of ${taskId}, whose next chunk is ${chunkCount}; use the URI of the last result, or omit ?from`,
      { field: 'from' },
    )
  }
  const { text, next, task } = await readText(service, taskId, from, maxBytes - HEAD_BYTES)
  const rest = describeRest(task, next)
  return [
    { uri, mimeType: 'text/plain', text },
    ...(rest === undefined ? [] : [{ uri: outputUri(taskId, next), mimeType: 'text/plain', text: rest }]),
  ]
}

async function readText(service: TaskService, taskId: string, from: number, maxBytes: number) {
  let text = ''
  let room = maxBytes
  let next = from
  for (let scanned = 0; ; ) {
    const query = { from: next, waitMs: 0, waitFor: 'output', maxBytes: Math.max(1, room) } as const
    const { chunks, task, hasMore } = await service.status(taskId, query)
    for (const { kind, content } of chunks) {
      if (kind === 'text' || kind === 'error') {
        room -= escapedBytes(content)
        if (room < 0 && text !== '') return { text, next, task }
        text += content
      }
      next += 1
      scanned += Buffer.byteLength(content)
    }
    if (!hasMore || room <= 0 || scanned > MAX_SCANNED_BYTES) return { text, next, task }
  }
}

function describeRest(task: TaskOutline, next: number): string | undefined {
  const uri = outputUri(task.id, next)
  if (next < task.chunkCount) return `spoold: the output continues at ${uri}`
  return isEnded(task)
    ? undefined
    : `spoold: the task is still ${task.status}; its further output will be at ${uri}`
}
