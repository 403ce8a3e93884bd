import { setImmediate as yieldToPolls } from 'node:timers/promises'
import type { TaskStore } from '../domain/store.js'
import type { Log } from './log.js'

/** After a change: so that the commits of a start or an end are not held up, and what comes together is one step. */
const DELAY_MS = 50
/** After a failure, where nothing else changes. */
const RETRY_MS = 30_000

/** Makes searchable what is not yet, in small steps; between two of them everybody else has a turn. */
export interface Indexer {
  /** There may be something: a task was created, or has ended. */
  kick(): void
  /** Resolves when no step is under way, and none will be. */
  close(): Promise<void>
}

/**
 * The indexer of a store. What fails (a full disk) hinders nothing: it is logged once, and tried again with the next task
 * and by itself.
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
      // Between its last look and now.
      if (isKicked && !isClosed) schedule(DELAY_MS)
    })
  }

  async function run(): Promise<void> {
    try {
      for (let done = false; !done && !isClosed; ) {
        done = (await store.indexStep()).done
        await yieldToPolls()
      }
      hasFailed = false
    } catch (error) {
      if (!hasFailed) log.warn({ err: error }, 'new text is not searchable yet; that is tried again')
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
