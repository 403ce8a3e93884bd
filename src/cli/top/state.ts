import type { QuestionResult } from '../../mcp/results/question.js'
import { type Board, EMPTY_BOARD, type Entry, entriesOf } from './board.js'

/** A dialog that keys answer. */
export type Dialog =
  | { asks: 'cancel'; id: string }
  | { asks: 'question'; id: string; question: QuestionResult }
  | { asks: 'help' }

/** What was read from the daemon. */
export interface News {
  board: Board
  /** ms since 1970. */
  now: number
  /** Why the data is old; null while the daemon responds. */
  trouble: string | null
  daemon: { version: string; url: string } | null
}

/** Everything that the screen shows. Immutable: each change creates a new state. */
export interface TopState extends News {
  /** False until the first list was read. */
  hasNews: boolean
  /** Include ended tasks. */
  all: boolean
  selected: { id: string | null; index: number }
  /** Index of the first visible row. */
  first: number
  dialog: Dialog | null
  /** Result of the last key. */
  notice: string | null
  /** Size of the terminal. */
  size: { columns: number; rows: number }
}

/** Lines without rows: two at the top, two at the bottom, and the line of the cursor. */
const OTHER_LINES = 5

export function initialState(size: TopState['size']): TopState {
  return {
    board: EMPTY_BOARD,
    now: Date.now(),
    trouble: null,
    daemon: null,
    hasNews: false,
    all: false,
    selected: { id: null, index: 0 },
    first: 0,
    dialog: null,
    notice: null,
    size,
  }
}

/** Number of visible rows. */
export function rowsInView({ size }: TopState): number {
  return Math.max(1, size.rows - OTHER_LINES)
}

export function allEntries({ board, now, all }: TopState): Entry[] {
  return entriesOf(board, now, all)
}

/** The visible rows. */
export function entriesInView(state: TopState): Entry[] {
  return allEntries(state).slice(state.first, state.first + rowsInView(state))
}

/**
 * The state with a change, made consistent: a row is selected and visible if there are any. The selection stays with its
 * task, or at its index if the task is gone.
 */
export function withChange(state: TopState, change: Partial<TopState>): TopState {
  const next = { ...state, ...change }
  const entries = allEntries(next)
  const found = entries.findIndex(({ task }) => task.task_id === next.selected.id)
  const index = Math.max(0, found >= 0 ? found : Math.min(next.selected.index, entries.length - 1))
  const view = rowsInView(next)
  const lowest = Math.max(0, entries.length - view)
  const first = Math.min(Math.max(Math.min(next.first, index), index - view + 1), lowest)
  return { ...next, selected: { id: entries[index]?.task.task_id ?? null, index }, first }
}
