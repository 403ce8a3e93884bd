import type { QuestionResult } from '../../mcp/results/question.js'
import { type Board, EMPTY_BOARD, type Entry, entriesOf } from './board.js'

/** What the screen is about to have answered, by keys. */
export type Dialog =
  | { asks: 'cancel'; id: string }
  | { asks: 'question'; id: string; question: QuestionResult }
  | { asks: 'help' }

/** What was read from the daemon. */
export interface News {
  board: Board
  /** ms since 1970. */
  now: number
  /** Why nothing newer is known; null while the daemon answers. */
  trouble: string | null
  daemon: { version: string; url: string } | null
}

/** All that the screen shows. Never changed: each step gives a new one. */
export interface TopState extends News {
  /** False until the first listing has come. */
  hasNews: boolean
  /** Ended tasks too. */
  all: boolean
  selected: { id: string | null; place: number }
  /** The place of the first row that is seen. */
  first: number
  dialog: Dialog | null
  /** What a key has led to. */
  notice: string | null
  /** Of the terminal. */
  size: { columns: number; rows: number }
}

/** Lines that are no rows: two of head, two of foot, and the one that the cursor stands in. */
const OTHER_LINES = 5

export function initialState(size: TopState['size']): TopState {
  return {
    board: EMPTY_BOARD,
    now: Date.now(),
    trouble: null,
    daemon: null,
    hasNews: false,
    all: false,
    selected: { id: null, place: 0 },
    first: 0,
    dialog: null,
    notice: null,
    size,
  }
}

/** How many rows can be seen at once. */
export function rowsInView({ size }: TopState): number {
  return Math.max(1, size.rows - OTHER_LINES)
}

export function allEntries({ board, now, all }: TopState): Entry[] {
  return entriesOf(board, now, all)
}

/** The rows that are seen. */
export function entriesInView(state: TopState): Entry[] {
  return allEntries(state).slice(state.first, state.first + rowsInView(state))
}

/**
 * The state with a change, set right: a row is selected where there is one, and seen. The selection stays with its task; when
 * that goes, it stays in its place.
 */
export function withChange(state: TopState, change: Partial<TopState>): TopState {
  const next = { ...state, ...change }
  const entries = allEntries(next)
  const found = entries.findIndex(({ task }) => task.task_id === next.selected.id)
  const place = Math.max(0, found >= 0 ? found : Math.min(next.selected.place, entries.length - 1))
  const view = rowsInView(next)
  const lowest = Math.max(0, entries.length - view)
  const first = Math.min(Math.max(Math.min(next.first, place), place - view + 1), lowest)
  return { ...next, selected: { id: entries[place]?.task.task_id ?? null, place }, first }
}
