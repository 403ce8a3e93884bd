import { setTimeout as sleep } from 'node:timers/promises'
import type { CallOptions } from '../../client/inputs.js'
import type { SpooldClient } from '../../client/spoold-client.js'
import { SpoolError, wordError } from '../../domain/errors.js'
import type { TaskDetailResult, TaskResult } from '../../mcp/results/task.js'
import { allTasks } from '../task-lists.js'
import { COMMAND_LINE_WORDING } from '../wording.js'
import { type Board, endedBehind, isActive, withChunks, withTask, withTasks } from './board.js'
import { nextRead } from './last-line.js'
import type { News } from './state.js'

/** What the feed is to look at; asked anew each time. */
export interface Interest {
  board: Board
  /** Ended tasks too. */
  all: boolean
  /** The tasks whose last lines are seen. */
  inView: string[]
}

export interface FeedOptions {
  client: SpooldClient
  /** Which daemon it is; asked anew after it was away. */
  identify: () => News['daemon']
  interest: () => Interest
  onNews: (news: Partial<News>) => void
  signal: AbortSignal
}

const INTERVAL_MS = 1_000
/** A daemon that is too busy for this is left alone for as long as it took. */
const MIN_PAUSE_MS = 250
/** Without an answer for so long, it is told that the daemon is away. */
const SILENCE_MS = 1_500
/** Of the ended tasks, where they are wanted, the newest, and read anew so often: what ends in sight is known sooner. */
const ENDED_LIMIT = 100
const ENDED_INTERVAL_MS = 5_000

/**
 * Reads once a second what `top` shows: the listing of the active tasks (which has their bytes), and the end of the output
 * of those rows in view that have printed since. A task that prints on and on so costs the daemon no more than one call a
 * second, where a waiting poll would be answered thirty times. Nothing is asked twice at once.
 *
 * Goes on through restarts of the daemon, and tells what it refuses as the trouble. Ends when the signal aborts; throws only
 * what is no SpoolError.
 */
export async function feed(options: FeedOptions): Promise<void> {
  const { signal, onNews, identify } = options
  const readEnded = endedReader(options.client)
  let isAway = true
  while (!signal.aborted) {
    const begun = performance.now()
    const watch = setInterval(() => {
      const isSilent = performance.now() - begun > SILENCE_MS
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
    const took = performance.now() - begun
    const pause = Math.max(INTERVAL_MS - took, Math.min(took, INTERVAL_MS), MIN_PAUSE_MS)
    await sleep(pause, undefined, { signal }).catch(() => {})
  }
}

const AWAY = 'The daemon is away, waiting for it to come back (spoold start, in another terminal)'

function troubleOf(error: SpoolError): string {
  return error.code === 'daemon_unreachable' ? AWAY : wordError(error, COMMAND_LINE_WORDING)
}

/** Undefined where the signal has aborted in the middle. */
async function read(
  { client, interest, signal }: FeedOptions,
  readEnded: EndedReader,
): Promise<Board | undefined> {
  const calls: CallOptions = { signal }
  const { board, all, inView } = interest()
  const active = await allTasks(listerWith(client, calls), {})
  const recent = all ? await readEnded(calls) : []
  const at = Date.now()
  let next = withTasks(board, merged(active, recent), at)
  for (const id of endedBehind(next, active)) next = withTask(next, id, await show(client, id, calls), at)
  const isWanted = new Set(inView)
  for (const { task, tail } of next.values()) {
    // One that has ended just now may come into view only with this.
    if (!isWanted.has(task.task_id) && board.has(task.task_id)) continue
    const ask = nextRead(tail, task.task_id, task.chunks_count)
    if (ask === undefined) continue
    const answer = await client.status(ask, calls).catch(unlessGone)
    if (answer !== undefined) next = withChunks(next, task.task_id, ask.from_chunk_index, answer)
    if (signal.aborted) return undefined
  }
  return next
}

type EndedReader = (calls: CallOptions) => Promise<readonly TaskResult[]>

function endedReader(client: SpooldClient): EndedReader {
  let known: { tasks: readonly TaskResult[]; at: number } | undefined
  return async (calls) => {
    if (known === undefined || performance.now() - known.at > ENDED_INTERVAL_MS) {
      const tasks = await allTasks(listerWith(client, calls), { include_done: true }, ENDED_LIMIT)
      known = { tasks, at: performance.now() }
    }
    return known.tasks
  }
}

function listerWith(client: SpooldClient, calls: CallOptions): Pick<SpooldClient, 'list'> {
  return { list: (input) => client.list(input, calls) }
}

/** What has ended between two listings counts as ended. */
function merged(active: readonly TaskResult[], recent: readonly TaskResult[]): TaskResult[] {
  const tasks = new Map(
    [...active, ...recent.filter((task) => !isActive(task))].map((task) => [task.task_id, task]),
  )
  return [...tasks.values()]
}

async function show(client: SpooldClient, id: string, calls: CallOptions): Promise<TaskResult | undefined> {
  const detail = await client.show(id, 0, calls).catch(unlessGone)
  return detail === undefined ? undefined : asListed(detail)
}

function asListed({ question, ...task }: TaskDetailResult): TaskResult {
  return question === undefined ? task : { ...task, question: question.text }
}

/** A task that was purged meanwhile is no trouble. */
function unlessGone(error: unknown): undefined {
  if (error instanceof SpoolError && error.code === 'task_not_found') return undefined
  throw error
}
