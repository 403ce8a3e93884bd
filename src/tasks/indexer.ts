import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { TaskStore } from '../domain/store.js'
import type { Log } from './log.js'

/** Delay after a change: the commits of a start or an end go first, and changes close together share a step. */
const DELAY_MS = 50
/** Delay after a failure, if nothing else changes. */
const RETRY_MS = 30_000

/** Makes new text searchable, in small steps that let other work run in between. */
export interface Indexer {
  /** There may be new text: a task was created, or has ended. */
  kick(): void
  /** Resolves when no step is running; none will be started. */
  close(): Promise<void>
}

/**
 * The indexer of a store. A failure (such as a full disk) affects nothing else: it is logged once, and retried with the
 * next task or after a while.
 */
export function createIndexer(store: Pick<TaskStore, 'indexStep'>, log: Log): Indexer {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isClosed = false
  let hasFailed = false
  let isKicked = false

  function schedule(delayMs: number): void {
    clearTimeout(timer)
    timer = setTimeout(start, delayMs)
    timer.unref()
  }

  function start(): void {
    timer = undefined
    isKicked = false
    running = run().finally(() => {
      running = undefined
      // Kicked after the last step had found nothing to do.
      if (isKicked && !isClosed) schedule(DELAY_MS)
    })
  }

  async function run(): Promise<void> {
    try {
      for (let done = false; !done && !isClosed; ) {
        done = (await store.indexStep()).done
        await yieldToOthers()
      }
      hasFailed = false
    } catch (error) {
      if (!hasFailed) log.warn({ err: error }, 'new text is not searchable yet; retrying')
      hasFailed = true
      if (!isClosed) schedule(RETRY_MS)
    }
  }

  return {
    kick() {
      if (isClosed) return
      if (running !== undefined) isKicked = true
      else if (timer === undefined || hasFailed) schedule(DELAY_MS)
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await running
    },
  }
}
