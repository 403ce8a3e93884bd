import { setTimeout as delay } from 'node:timers/promises'
import { invalidField, taskNotFound } from '../domain/errors.js'
import type { StatusQuery, TaskProgress } from '../domain/service.js'
import type { TaskStore } from '../domain/store.js'
import { isEnded, type TaskOutline, toPublicTask } from '../domain/task.js'
import type { Notifier } from './notifier.js'

/**
 * The answer about a chatty task is held this long after the wake-up, so that it carries what follows and costs fewer
 * calls. What comes after a silence is answered at once.
 */
const GATHER_MS = 30
/** A task that was silent for so long is not chatty, ms. */
const SILENCE_MS = 150

/**
 * The chunks of a task from an index, after waiting for them where that was asked for.
 * Throws `task_not_found`, or `invalid_input` for an index that the task has not come to yet.
 */
export async function readStatus(
  taskId: string,
  query: StatusQuery,
  context: { store: TaskStore; notifier: Notifier },
  signal?: AbortSignal,
): Promise<TaskProgress> {
  if (query.waitMs > 0) await waitUntilWorthAnAnswer(taskId, query, context, signal)
  const page = await context.store.readChunks(taskId, { from: query.from, maxBytes: query.maxBytes })
  if (!page) throw taskNotFound(taskId)
  const { chunks } = page
  const task = toPublicTask(page.task)
  refuseFutureIndex(task, query.from)
  const nextChunkIndex = query.from + chunks.length
  const fits = task.status === 'completed' && task.textBytes <= query.maxBytes
  return {
    task,
    chunks,
    nextChunkIndex,
    hasMore: nextChunkIndex < task.chunkCount,
    result: fits ? await context.store.readText(taskId, query.maxBytes) : null,
  }
}

async function waitUntilWorthAnAnswer(
  taskId: string,
  query: StatusQuery,
  context: { store: TaskStore; notifier: Notifier },
  signal?: AbortSignal,
): Promise<void> {
  const { store, notifier } = context
  const deadline = performance.now() + query.waitMs
  for (;;) {
    const listener = notifier.listen(taskId)
    let wasChatty = false
    try {
      const stored = await store.getOutline(taskId)
      if (!stored) throw taskNotFound(taskId)
      const task = toPublicTask(stored)
      refuseFutureIndex(task, query.from)
      const left = deadline - performance.now()
      if (isWorthAnAnswer(task, query) || left <= 0 || signal?.aborted || notifier.closed) return
      await listener.wait(left, signal)
      wasChatty = Date.now() - (task.lastOutputAt ?? 0) < SILENCE_MS
    } finally {
      listener.dispose()
    }
    const pause = Math.min(GATHER_MS, deadline - performance.now())
    if (wasChatty && query.waitFor === 'output' && pause > 0 && !notifier.closed) await delay(pause)
  }
}

function isWorthAnAnswer(task: TaskOutline, query: StatusQuery): boolean {
  if (isEnded(task)) return true
  // Who waits for the end waits in vain while the agent waits for an answer; the chunk that asks says so, once.
  const isForNews = query.waitFor === 'output' || task.status === 'input_required'
  return isForNews && task.chunkCount > query.from
}

/** An index beyond the next one is a client's mistake: waiting there would skip chunks that come. */
function refuseFutureIndex(task: TaskOutline, from: number): void {
  if (from <= task.chunkCount) return
  throw invalidField(
    'from_chunk_index',
    `${from} is beyond the next chunk of the task, ${task.chunkCount}`,
    'read_from_start',
  )
}
