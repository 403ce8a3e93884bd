import { isActive } from './board.js'
import { allEntries, type Dialog, rowsInView, type TopState, withChange } from './state.js'

/** A character, or one of the keys without one. */
export type Key =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | (string & {})

/** Effects of a key other than a new state of the screen. */
export type Action =
  | { to: 'quit' }
  | { to: 'follow'; id: string }
  | { to: 'cancel'; id: string }
  | { to: 'show-question'; id: string }
  | { to: 'respond'; id: string; questionId: string; response: { option: string } | { text: string } }

export interface KeyResult {
  state: TopState
  action?: Action
}

/** The effect of a key. A dialog belongs to the task that it was opened for, wherever its row is by now. */
export function handleKey(state: TopState, key: Key): KeyResult {
  if (key === 'ctrl-c') return { state, action: { to: 'quit' } }
  const { dialog } = state
  return dialog === null ? handleTableKey(state, key) : handleDialogKey(state, dialog, key)
}

function handleTableKey(state: TopState, key: Key): KeyResult {
  const entries = allEntries(state)
  const task = entries[state.selected.index]?.task
  const to = (index: number): KeyResult => {
    const within = Math.max(0, Math.min(index, entries.length - 1))
    const id = entries[within]?.task.task_id ?? null
    return { state: withChange(state, { selected: { id, index: within }, notice: null }) }
  }
  const change = (part: Partial<TopState>): KeyResult => ({ state: withChange(state, part) })
  const { index } = state.selected
  switch (key) {
    case 'up':
    case 'k':
      return to(index - 1)
    case 'down':
    case 'j':
      return to(index + 1)
    case 'page-up':
      return to(index - rowsInView(state))
    case 'page-down':
      return to(index + rowsInView(state))
    case 'home':
    case 'g':
      return to(0)
    case 'end':
    case 'G':
      return to(entries.length - 1)
    case 'a':
      return change({ all: !state.all, notice: null })
    case '?':
    case 'h':
      return change({ dialog: { asks: 'help' } })
    case 'q':
      return { state, action: { to: 'quit' } }
  }
  if (task === undefined) return { state }
  const id = task.task_id
  switch (key) {
    case 'enter':
    case 'f':
      return { state, action: { to: 'follow', id } }
    case 'c':
      return isActive(task)
        ? change({ dialog: { asks: 'cancel', id }, notice: null })
        : change({ notice: `This task has ended: ${task.status}.` })
    case 'r':
      return task.status === 'input_required'
        ? { state: withChange(state, { notice: null }), action: { to: 'show-question', id } }
        : change({ notice: 'This task has no question.' })
  }
  return { state }
}

function handleDialogKey(state: TopState, dialog: Dialog, key: Key): KeyResult {
  const closed = withChange(state, { dialog: null })
  if (dialog.asks === 'help') return { state: closed }
  if (dialog.asks === 'cancel') {
    if (key === 'y') return { state: closed, action: { to: 'cancel', id: dialog.id } }
    // Enter does not confirm: it may have been meant for the row.
    return key === 'n' || key === 'escape' || key === 'q' ? { state: closed } : { state }
  }
  const { id, question } = dialog
  const response = responseFor(key, question.options)
  if (response !== undefined) {
    return { state: closed, action: { to: 'respond', id, questionId: question.question_id, response } }
  }
  return key === 'escape' || key === 'q' ? { state: closed } : { state }
}

function responseFor(key: Key, options: readonly { option_id: string }[]) {
  if (key === 'y') return { text: 'yes' }
  if (key === 'n') return { text: 'no' }
  const chosen = /^[1-9]$/.test(key) ? options[Number(key) - 1] : undefined
  return chosen === undefined ? undefined : { option: chosen.option_id }
}
