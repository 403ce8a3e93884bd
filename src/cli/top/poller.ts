import { setTimeout as sleep } from 'node:timers/promises'
import type { CallOptions } from '../../client/inputs.js'
import type { SpooldClient } from '../../client/spoold-client.js'
import { SpoolError, wordError } from '../../domain/errors.js'
import type { TaskDetailResult, TaskResult } from '../../mcp/results/task.js'
import { allTasks } from '../task-lists.js'
import { COMMAND_LINE_WORDING } from '../wording.js'
import { type Board, endedSince, isActive, withChunks, withTask, withTasks } from './board.js'
import { nextRead } from './last-line.js'
import type { News } from './state.js'

/** What the poller reads; requested for each round. */
export interface Interest {
  board: Board
  /** Include ended tasks. */
  all: boolean
  /** The tasks whose last lines are visible. */
  inView: string[]
}

export interface PollerOptions {
  client: SpooldClient
  /** The identity of the daemon; requested again after it was away. */
  identify: () => News['daemon']
  interest: () => Interest
  onNews: (news: Partial<News>) => void
  signal: AbortSignal
}

const INTERVAL_MS = 1_000
/** After a slow round the daemon gets a pause as long as the round. */
const MIN_PAUSE_MS = 250
/** Without a response for this time the daemon counts as away. */
const SILENCE_MS = 1_500
/** Number of ended tasks, and how often they are read. Visible tasks that end are noticed sooner. */
const ENDED_LIMIT = 100
const ENDED_INTERVAL_MS = 5_000

/**
 * Reads the data of `top` once a second: the list of active tasks (with their sizes), and the end of the output of visible
 * rows that have new output. So a task that prints continuously costs the daemon one call a second, where waiting polls
 * would cost thirty. No two calls run at the same time.
 *
 * Continues through restarts of the daemon and reports its errors as `trouble`. Resolves when the signal aborts; throws only
 * errors that are not SpoolErrors.
 */
export async function poll(options: PollerOptions): Promise<void> {
  const { signal, onNews, identify } = options
  const readEnded = endedReader(options.client)
  let isAway = true
  while (!signal.aborted) {
    const startedAt = performance.now()
    const watch = setInterval(() => {
      const isSilent = performance.now() - startedAt > SILENCE_MS
      isAway ||= isSilent
      onNews({ now: Date.now(), ...(isSilent ? { trouble: AWAY } : {}) })
    }, INTERVAL_MS)
    try {
      const board = await read(options, readEnded)
      if (board === undefined) return
      onNews({
        board,
        now: Date.now(),
        trouble: null,
        ...(isAway ? { daemon: identify() } : {}),
      })
      isAway = false
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof SpoolError)) throw error
      isAway = true
      onNews({ now: Date.now(), trouble: troubleOf(error) })
    } finally {
      clearInterval(watch)
    }
    const elapsed = performance.now() - startedAt
    const pause = Math.max(INTERVAL_MS - elapsed, Math.min(elapsed, INTERVAL_MS), MIN_PAUSE_MS)
    await sleep(pause, undefined, { signal }).catch(() => {})
  }
}

const AWAY = 'The daemon is not running; waiting for it (run spoold start in another terminal)'

function troubleOf(error: SpoolError): string {
  return error.code === 'daemon_unreachable' ? AWAY : wordError(error, COMMAND_LINE_WORDING)
}

/** Undefined if the signal aborts. */
async function read(
  { client, interest, signal }: PollerOptions,
  readEnded: EndedReader,
): Promise<Board | undefined> {
  const calls: CallOptions = { signal }
  const { board, all, inView } = interest()
  const active = await allTasks(listerWith(client, calls), {})
  const recent = all ? await readEnded(calls) : []
  const at = Date.now()
  let next = withTasks(board, merged(active, recent), at)
  for (const id of endedSince(next, active)) next = withTask(next, id, await show(client, id, calls), at)
  const isVisible = new Set(inView)
  for (const { task, tail } of next.values()) {
    // A new task may become visible only with this board.
    if (!isVisible.has(task.task_id) && board.has(task.task_id)) continue
    const input = nextRead(tail, task.task_id, task.chunks_count)
    if (input === undefined) continue
    const status = await client.status(input, calls).catch(ignoreNotFound)
    if (status !== undefined) next = withChunks(next, task.task_id, input.from_chunk_index, status)
    if (signal.aborted) return undefined
  }
  return next
}

type EndedReader = (calls: CallOptions) => Promise<readonly TaskResult[]>

function endedReader(client: SpooldClient): EndedReader {
  let cached: { tasks: readonly TaskResult[]; at: number } | undefined
  return async (calls) => {
    if (cached === undefined || performance.now() - cached.at > ENDED_INTERVAL_MS) {
      const tasks = await allTasks(listerWith(client, calls), { include_done: true }, ENDED_LIMIT)
      cached = { tasks, at: performance.now() }
    }
    return cached.tasks
  }
}

function listerWith(client: SpooldClient, calls: CallOptions): Pick<SpooldClient, 'list'> {
  return { list: (input) => client.list(input, calls) }
}

/** A task in both lists has ended between them. */
function merged(active: readonly TaskResult[], recent: readonly TaskResult[]): TaskResult[] {
  const tasks = new Map(
    [...active, ...recent.filter((task) => !isActive(task))].map((task) => [task.task_id, task]),
  )
  return [...tasks.values()]
}

async function show(client: SpooldClient, id: string, calls: CallOptions): Promise<TaskResult | undefined> {
  const detail = await client.show(id, 0, calls).catch(ignoreNotFound)
  return detail === undefined ? undefined : asListed(detail)
}

function asListed({ question, ...task }: TaskDetailResult): TaskResult {
  return question === undefined ? task : { ...task, question: question.text }
}

/** A task may be purged in the meantime. */
function ignoreNotFound(error: unknown): undefined {
  if (error instanceof SpoolError && error.code === 'task_not_found') return undefined
  throw error
}
