import { setTimeout as delay } from 'node:timers/promises'
import { invalidField, taskNotFound } from '../domain/errors.js'
import type { StatusQuery, TaskProgress } from '../domain/service.js'
import type { TaskStore } from '../domain/store.js'
import { isEnded, type TaskOutline, toPublicTask } from '../domain/task.js'
import type { Notifier } from './notifier.js'

/** The result for a task that prints continuously is delayed this long, so that it carries more output per call. */
const GATHER_MS = 30
/** Output after a silence of this length is returned at once. */
const SILENCE_MS = 150

/**
 * The chunks of a task from an index, after waiting for them if the query says so.
 * Throws `task_not_found`, or `invalid_input` for an index beyond the next one of the task.
 */
export async function readStatus(
  taskId: string,
  query: StatusQuery,
  context: { store: TaskStore; notifier: Notifier },
  signal?: AbortSignal,
): Promise<TaskProgress> {
  if (query.waitMs > 0) await waitForNews(taskId, query, context, signal)
  const page = await context.store.readChunks(taskId, { from: query.from, maxBytes: query.maxBytes })
  if (!page) throw taskNotFound(taskId)
  const { chunks } = page
  const task = toPublicTask(page.task)
  validateIndex(task, query.from)
  const nextChunkIndex = query.from + chunks.length
  const hasResult = task.status === 'completed' && task.textBytes <= query.maxBytes
  return {
    task,
    chunks,
    nextChunkIndex,
    hasMore: nextChunkIndex < task.chunkCount,
    result: hasResult ? await context.store.readText(taskId, query.maxBytes) : null,
  }
}

async function waitForNews(
  taskId: string,
  query: StatusQuery,
  context: { store: TaskStore; notifier: Notifier },
  signal?: AbortSignal,
): Promise<void> {
  const { store, notifier } = context
  const deadline = performance.now() + query.waitMs
  for (;;) {
    const listener = notifier.listen(taskId)
    let isContinuous = false
    try {
      const stored = await store.getOutline(taskId)
      if (!stored) throw taskNotFound(taskId)
      const task = toPublicTask(stored)
      validateIndex(task, query.from)
      const leftMs = deadline - performance.now()
      if (hasNews(task, query) || leftMs <= 0 || signal?.aborted || notifier.closed) return
      await listener.wait(leftMs, signal)
      isContinuous = Date.now() - (task.lastOutputAt ?? 0) < SILENCE_MS
    } finally {
      listener.dispose()
    }
    const pauseMs = Math.min(GATHER_MS, deadline - performance.now())
    if (isContinuous && query.waitFor === 'output' && pauseMs > 0 && !notifier.closed) await delay(pauseMs)
  }
}

function hasNews(task: TaskOutline, query: StatusQuery): boolean {
  if (isEnded(task)) return true
  // A task does not end while its agent waits for a person. The chunk with the question ends the wait once.
  const isOutputNews = query.waitFor === 'output' || task.status === 'input_required'
  return isOutputNews && task.chunkCount > query.from
}

/** An index beyond the next one is a mistake of the client, which would skip chunks that are still to come. */
function validateIndex(task: TaskOutline, from: number): void {
  if (from <= task.chunkCount) return
  throw invalidField(
    'from_chunk_index',
    `${from} is beyond the next chunk of the task, ${task.chunkCount}`,
    'read_from_start',
  )
}
