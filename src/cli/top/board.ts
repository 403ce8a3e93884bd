import type { StatusResult } from '../../mcp/results/status.js'
import type { TaskResult } from '../../mcp/results/task.js'
import { NOTHING_READ, type Tail, withOutput } from './last-line.js'
import { type Sample, withSample } from './rate.js'

/** What `top` knows of one task. */
export interface Entry {
  task: TaskResult
  samples: readonly Sample[]
  tail: Tail
  /** When it was seen that the task had ended, ms since 1970; null for one that is active, or had ended before. */
  sawEndAt: number | null
}

/** The tasks by their ids. Never changed: each step gives a new one. */
export type Board = ReadonlyMap<string, Entry>

export const EMPTY_BOARD: Board = new Map()

/** How long a task that has ended stays among the active ones, ms. */
export const LINGER_MS = 30_000

/** The board after a listing of all active tasks, and perhaps ended ones, was read at a time (ms since 1970). */
export function withTasks(board: Board, tasks: readonly TaskResult[], at: number): Board {
  const next = new Map<string, Entry>()
  for (const task of tasks) next.set(task.task_id, entryOf(board.get(task.task_id), task, at))
  for (const [id, entry] of board) {
    if (!next.has(id) && (isActive(entry.task) || lingers(entry, at))) next.set(id, entry)
  }
  return next
}

/** The ids of tasks that the board has as active and a listing of all active ones no longer has: they have ended. */
export function endedBehind(board: Board, tasks: readonly TaskResult[]): string[] {
  const listed = new Set(tasks.map(({ task_id }) => task_id))
  return [...board.values()]
    .filter(({ task }) => isActive(task) && !listed.has(task.task_id))
    .map(({ task }) => task.task_id)
}

/** The board with what one task has become; without it where it is no more. */
export function withTask(board: Board, id: string, task: TaskResult | undefined, at: number): Board {
  const next = new Map(board)
  if (task === undefined) next.delete(id)
  else next.set(id, entryOf(board.get(id), task, at))
  return next
}

/** The board with what a task printed from chunk `from` on. */
export function withChunks(board: Board, id: string, from: number, answer: StatusResult): Board {
  const entry = board.get(id)
  if (entry === undefined) return board
  return new Map(board).set(id, { ...entry, tail: withOutput(entry.tail, from, answer) })
}

/**
 * The tasks in the order of the screen, which keeps rows in their places: what is active or ended just now, the oldest
 * first, so that what runs stands above what waits; then, where `all` are wanted, the ended ones, the last to end first.
 */
export function entriesOf(board: Board, now: number, all: boolean): Entry[] {
  const entries = [...board.values()]
  const present = entries.filter((entry) => isActive(entry.task) || lingers(entry, now))
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

function entryOf(known: Entry | undefined, task: TaskResult, at: number): Entry {
  const sawEndAt = isActive(task) ? null : known !== undefined && isActive(known.task) ? at : known?.sawEndAt
  return {
    task,
    samples: withSample(known?.samples ?? [], { at, bytes: task.total_bytes_received }),
    tail: known?.tail ?? NOTHING_READ,
    sawEndAt: sawEndAt ?? null,
  }
}

function lingers({ sawEndAt }: Entry, now: number): boolean {
  return sawEndAt !== null && now - sawEndAt < LINGER_MS
}

function byId(one: Entry, other: Entry): number {
  return compare(one.task.task_id, other.task.task_id)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
