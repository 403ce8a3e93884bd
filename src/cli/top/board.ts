import type { StatusResult } from '../../mcp/results/status.js'
import type { TaskResult } from '../../mcp/results/task.js'
import { NOTHING_READ, type Tail, withOutput } from './last-line.js'
import { type Sample, withSample } from './rate.js'

/** A task on the board. */
export interface Entry {
  task: TaskResult
  samples: readonly Sample[]
  tail: Tail
  /** When the end of the task was noticed, ms since 1970; null for an active task, or one that had ended before. */
  sawEndAt: number | null
}

/** The tasks by id. Immutable: each change creates a new board. */
export type Board = ReadonlyMap<string, Entry>

export const EMPTY_BOARD: Board = new Map()

/** How long an ended task stays among the active ones. */
export const ENDED_VISIBLE_MS = 30_000

/** The board after reading the list of active tasks, and possibly ended ones, at a time (ms since 1970). */
export function withTasks(board: Board, tasks: readonly TaskResult[], at: number): Board {
  const next = new Map<string, Entry>()
  for (const task of tasks) next.set(task.task_id, entryOf(board.get(task.task_id), task, at))
  for (const [id, entry] of board) {
    if (!next.has(id) && (isActive(entry.task) || isStillVisible(entry, at))) next.set(id, entry)
  }
  return next
}

/** The ids of active tasks on the board that are missing in a new list of active tasks: they have ended. */
export function endedSince(board: Board, tasks: readonly TaskResult[]): string[] {
  const listed = new Set(tasks.map(({ task_id }) => task_id))
  return [...board.values()]
    .filter(({ task }) => isActive(task) && !listed.has(task.task_id))
    .map(({ task }) => task.task_id)
}

/** The board with a new state of one task; without the task if it no longer exists. */
export function withTask(board: Board, id: string, task: TaskResult | undefined, at: number): Board {
  const next = new Map(board)
  if (task === undefined) next.delete(id)
  else next.set(id, entryOf(board.get(id), task, at))
  return next
}

/** The board with new output of a task, from chunk `from`. */
export function withChunks(board: Board, id: string, from: number, status: StatusResult): Board {
  const entry = board.get(id)
  if (entry === undefined) return board
  return new Map(board).set(id, { ...entry, tail: withOutput(entry.tail, from, status) })
}

/**
 * The tasks in the order of the screen, which is stable: active and just ended ones, oldest first, so that running tasks
 * are above waiting ones; then with `all` the ended ones, most recent end first.
 */
export function entriesOf(board: Board, now: number, all: boolean): Entry[] {
  const entries = [...board.values()]
  const present = entries.filter((entry) => isActive(entry.task) || isStillVisible(entry, now))
  const past = all ? entries.filter((entry) => !present.includes(entry)) : []
  return [
    ...present.sort((one, other) => compare(one.task.created_at, other.task.created_at) || byId(one, other)),
    ...past.sort(
      (one, other) =>
        -compare(one.task.completed_at ?? '', other.task.completed_at ?? '') || byId(one, other),
    ),
  ]
}

export function isActive(task: TaskResult): boolean {
  return task.completed_at === null
}

function entryOf(previous: Entry | undefined, task: TaskResult, at: number): Entry {
  const sawEndAt = isActive(task)
    ? null
    : previous !== undefined && isActive(previous.task)
      ? at
      : previous?.sawEndAt
  return {
    task,
    samples: withSample(previous?.samples ?? [], { at, bytes: task.total_bytes_received }),
    tail: previous?.tail ?? NOTHING_READ,
    sawEndAt: sawEndAt ?? null,
  }
}

function isStillVisible({ sawEndAt }: Entry, now: number): boolean {
  return sawEndAt !== null && now - sawEndAt < ENDED_VISIBLE_MS
}

function byId(one: Entry, other: Entry): number {
  return compare(one.task.task_id, other.task.task_id)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
