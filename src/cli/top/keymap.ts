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

/** What a key asks for that is done beside the screen. */
export type Wish =
  | { to: 'quit' }
  | { to: 'follow'; id: string }
  | { to: 'cancel'; id: string }
  | { to: 'see-question'; id: string }
  | { to: 'answer'; id: string; questionId: string; answer: { option: string } | { text: string } }

export interface Pressed {
  state: TopState
  wish?: Wish
}

/** What a key does. A dialog is about the task that it was opened for, wherever its row is by now. */
export function press(state: TopState, key: Key): Pressed {
  if (key === 'ctrl-c') return { state, wish: { to: 'quit' } }
  const { dialog } = state
  return dialog === null ? pressOnTable(state, key) : pressInDialog(state, dialog, key)
}

function pressOnTable(state: TopState, key: Key): Pressed {
  const entries = allEntries(state)
  const task = entries[state.selected.place]?.task
  const to = (place: number): Pressed => {
    const within = Math.max(0, Math.min(place, entries.length - 1))
    const id = entries[within]?.task.task_id ?? null
    return { state: withChange(state, { selected: { id, place: within }, notice: null }) }
  }
  const change = (part: Partial<TopState>): Pressed => ({ state: withChange(state, part) })
  const { place } = state.selected
  switch (key) {
    case 'up':
    case 'k':
      return to(place - 1)
    case 'down':
    case 'j':
      return to(place + 1)
    case 'page-up':
      return to(place - rowsInView(state))
    case 'page-down':
      return to(place + rowsInView(state))
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
      return { state, wish: { to: 'quit' } }
  }
  if (task === undefined) return { state }
  const id = task.task_id
  switch (key) {
    case 'enter':
    case 'f':
      return { state, wish: { to: 'follow', id } }
    case 'c':
      return isActive(task)
        ? change({ dialog: { asks: 'cancel', id }, notice: null })
        : change({ notice: `It has ended: ${task.status}.` })
    case 'r':
      return task.status === 'input_required'
        ? { state: withChange(state, { notice: null }), wish: { to: 'see-question', id } }
        : change({ notice: 'It asks nothing.' })
  }
  return { state }
}

function pressInDialog(state: TopState, dialog: Dialog, key: Key): Pressed {
  const closed = withChange(state, { dialog: null })
  if (dialog.asks === 'help') return { state: closed }
  if (dialog.asks === 'cancel') {
    if (key === 'y') return { state: closed, wish: { to: 'cancel', id: dialog.id } }
    // Enter is no yes: it may have been meant for the row.
    return key === 'n' || key === 'escape' || key === 'q' ? { state: closed } : { state }
  }
  const { id, question } = dialog
  const answer = answerFor(key, question.options)
  if (answer !== undefined) {
    return { state: closed, wish: { to: 'answer', id, questionId: question.question_id, answer } }
  }
  return key === 'escape' || key === 'q' ? { state: closed } : { state }
}

function answerFor(key: Key, options: readonly { option_id: string }[]) {
  if (key === 'y') return { text: 'yes' }
  if (key === 'n') return { text: 'no' }
  const chosen = /^[1-9]$/.test(key) ? options[Number(key) - 1] : undefined
  return chosen === undefined ? undefined : { option: chosen.option_id }
}
