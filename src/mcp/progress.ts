import prettyBytes from 'pretty-bytes'
import prettyMilliseconds from 'pretty-ms'
import type { TaskService } from '../domain/service.js'
import type { Task } from '../domain/task.js'
import { oneLine } from '../domain/text.js'
import type { Call } from './call.js'

/** Clients give up after 60 s at the earliest unless they receive something. */
const INTERVAL_MS = 5_000
/** The last line of text is searched in the last chunks only. */
const LAST_CHUNKS = 4
const LAST_CHUNK_BYTES = 8_000
const LINE_LENGTH = 120

/**
 * Reports the progress of a task every 5 s while a call waits for it: the seconds waited as the growing number, and in
 * words the task's age, its chunks and bytes, and the last line of its text. Does nothing if the client did not ask.
 */
export async function withProgress<T>(
  service: TaskService,
  taskId: string,
  { progress, signal }: Pick<Call, 'progress' | 'signal'>,
  wait: () => Promise<T>,
): Promise<T> {
  if (progress === undefined) return wait()
  const start = performance.now()
  let isDone = false
  const report = async () => {
    const message = await describeProgress(service, taskId)
    if (!signal.aborted && !isDone)
      await progress({ progress: Math.round((performance.now() - start) / 1000), message })
  }
  // A report that fails is skipped; the result will say what is wrong.
  const timer = setInterval(() => report().catch(() => {}), INTERVAL_MS)
  try {
    return await wait()
  } finally {
    isDone = true
    clearInterval(timer)
  }
}

async function describeProgress(service: TaskService, taskId: string): Promise<string> {
  const task = await service.get(taskId)
  const age = prettyMilliseconds(Date.now() - task.createdAt, { secondsDecimalDigits: 0 })
  const line = await lastLine(service, task)
  const counts = `${task.status}, ${age}, ${task.chunkCount} chunks, ${prettyBytes(task.bytes)}`
  return line === '' ? counts : `${counts}: ${line}`
}

async function lastLine(service: TaskService, task: Task): Promise<string> {
  const from = Math.max(0, task.chunkCount - LAST_CHUNKS)
  const query = { from, waitMs: 0, waitFor: 'output', maxBytes: LAST_CHUNK_BYTES } as const
  const { chunks } = await service.status(task.id, query)
  const text = chunks.map(({ kind, content }) => (kind === 'text' ? content : '')).join('')
  const line = text.trimEnd().split('\n').at(-1) ?? ''
  return oneLine(line.trim(), LINE_LENGTH)
}
