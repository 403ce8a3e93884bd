import { render } from 'ink-testing-library'
import { createElement } from 'react'
import { expect, onTestFinished, test } from 'vitest'
import { EMPTY_BOARD, withChunks, withTasks } from '../../../src/cli/top/board.js'
import { type Action, handleKey, type Key } from '../../../src/cli/top/keymap.js'
import { createStore, Screen } from '../../../src/cli/top/show-board.js'
import { initialState, type TopState } from '../../../src/cli/top/state.js'
import type { TaskResult } from '../../../src/mcp/results/task.js'
import { waitFor } from '../../helpers/wait-for.js'
import { answerOf, NOON, taskOf } from './tasks.js'

/** The screen as ink draws it, 100 columns wide, with keys that do what they do. */
async function showScreen(tasks: TaskResult[], change: Partial<TopState> = {}) {
  const store = createStore(initialState({ columns: 100, rows: 16 }))
  const actions: Action[] = []
  const onKey = (key: Key) => {
    const { state, action } = handleKey(store.get(), key)
    store.set(state)
    if (action !== undefined) actions.push(action)
  }
  const { stdin, lastFrame, unmount } = render(createElement(Screen, { store, onKey, coloured: true }))
  onTestFinished(unmount)
  store.change({ board: withTasks(EMPTY_BOARD, tasks, NOON), now: NOON, hasNews: true, ...change })
  const see = (what: string) =>
    waitFor(what, () => lastFrame()?.includes(what)).catch(() => expect(lastFrame()).toContain(what))
  // Keys are heard once the screen has been drawn.
  await see(change.dialog ? 'asks' : tasks.length === 0 ? 'No' : 'ID')
  return { store, actions, type: (keys: string) => stdin.write(keys), frame: () => lastFrame() ?? '', see }
}

const question = {
  question_id: 'q1',
  text: 'May I\u001b[2J run rm -rf build?',
  options: [
    { option_id: 'once', label: 'Allow once', kind: 'allow_once' as const },
    { option_id: 'never', label: 'Never', kind: 'reject_always' as const },
  ],
}

test('an empty board shows how to start a task', async () => {
  const { frame } = await showScreen([])
  expect(frame()).toContain('spoold run "…"')
})

test('escape sequences are not drawn, and wide characters have their width', async () => {
  const task = taskOf('task-a', { message: 'x\u001b[2Jy' })
  const { store, frame, see } = await showScreen([task])
  await see('xy')
  const content = `\u001b]0;evil\u0007${'日本語'.repeat(40)}`
  store.change({ board: withChunks(store.get().board, 'task-a', 0, answerOf([{ index: 0, content }])) })
  await see('日本語日本語')
  expect(frame()).not.toMatch(/\p{Cc}(?<!\n)/u)
  const row = frame()
    .split('\n')
    .find((line) => line.includes('日本')) as string
  const width = [...row].reduce((sum, character) => sum + (/[日本語]/.test(character) ? 2 : 1), 0)
  expect(width).toBeLessThanOrEqual(100)
  expect(width).toBeGreaterThan(95)
  expect(row).toMatch(/…$/)
})

test('a question is highlighted and answered only by the keys of its dialog', async () => {
  const task = taskOf('task-a', { status: 'input_required', question: 'May I run rm?' })
  const { store, actions, type, see, frame } = await showScreen([task, taskOf('task-b')])
  expect(frame()).toMatch(/1 running, 0 waiting, 1 asks/)
  expect(frame()).toMatch(/asks .*May I run rm\?/)
  type('y')
  type('r')
  await waitFor('the action', () => actions.length > 0)
  expect(actions).toEqual([{ to: 'show-question', id: 'task-a' }])
  store.change({ dialog: { asks: 'question', id: 'task-a', question } })
  await see('2  Never')
  expect(frame()).toContain('May I run rm -rf build?')
  for (const key of ['\r', '3', 'x', '2']) type(key)
  expect(actions.at(-1)).toEqual({
    to: 'respond',
    id: 'task-a',
    questionId: 'q1',
    response: { option: 'never' },
  })
  expect(actions).toHaveLength(2)
  for (const [key, text] of [
    ['y', 'yes'],
    ['n', 'no'],
  ] as const) {
    store.change({ dialog: { asks: 'question', id: 'task-a', question } })
    await see('2  Never')
    type(key)
    expect(actions.at(-1)).toMatchObject({ response: { text } })
  }
})

test('a long question is cut, its options are not, and the command to read it is shown', async () => {
  const task = taskOf('task-a', { status: 'input_required', question: 'long' })
  const long = { ...question, text: Array.from({ length: 40 }, (_, line) => `line ${line} 日本`).join('\n') }
  const { frame, see } = await showScreen([task], {
    dialog: { asks: 'question', id: 'task-a', question: long },
  })
  await see('2  Never')
  expect(frame()).toContain('task-a asks (complete question: spoold respond task-a):\nline 0 日本\n')
  expect(frame()).toContain('\n  1  Allow once\n  2  Never\n')
  expect(frame().split('\n')).toHaveLength(15)
})

test('a cancel is of the task that was named, though the rows have moved, and only after a y', async () => {
  const { store, actions, type, see } = await showScreen([taskOf('task-a'), taskOf('task-b')])
  type('j')
  type('c')
  await see('Cancel task-b and end all its processes? y/n')
  store.change({ board: withTasks(EMPTY_BOARD, [taskOf('task-b'), taskOf('task-0')], NOON) })
  for (const key of ['\r', ' ', 'Y', 'j', 'n', 'y']) type(key)
  expect(actions).toEqual([])
  type('c')
  await see('Cancel task-b')
  type('y')
  expect(actions).toEqual([{ to: 'cancel', id: 'task-b' }])
})

test('the selection stays with its task, or at its index if the task is gone', async () => {
  const many = Array.from({ length: 30 }, (_, place) => taskOf(`task-${String(place).padStart(2, '0')}`))
  const { store, type, see, frame } = await showScreen(many)
  expect(frame()).toContain('rows 1-11 of 30')
  for (let count = 0; count < 12; count += 1) type('\u001b[B')
  await see('❯ task-12')
  expect(frame()).toContain('rows 3-13 of 30')
  store.change({ board: withTasks(EMPTY_BOARD, many.slice(5), NOON) })
  await see('❯ task-12')
  store.change({ board: withTasks(EMPTY_BOARD, many.slice(13), NOON) })
  await see('❯ task-20')
  type('G')
  await see('❯ task-29')
  type('q')
})

test('pasted text does not answer the dialog that it opens', async () => {
  const { store, actions, type, see } = await showScreen([taskOf('task-a'), taskOf('task-b')])
  type('jcyy')
  await see('Cancel task-b')
  expect(store.get().dialog).not.toBeNull()
  expect(actions).toEqual([])
})

test('keys that arrive together all count, and Ctrl-C always quits', async () => {
  const { actions, type, see } = await showScreen([taskOf('task-a'), taskOf('task-b'), taskOf('task-c')])
  type('jj')
  await see('❯ task-c')
  type('?')
  await see('follow it on the normal screen')
  type('\u0003')
  expect(actions).toEqual([{ to: 'quit' }])
})
