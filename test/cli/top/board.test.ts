import { describe, expect, test } from 'vitest'
import {
  type Board,
  EMPTY_BOARD,
  ENDED_VISIBLE_MS,
  endedSince,
  entriesOf,
  withChunks,
  withTask,
  withTasks,
} from '../../../src/cli/top/board.js'
import { cellOf } from '../../../src/cli/top/cells.js'
import { columnsFor, GAP, MARK_WIDTH } from '../../../src/cli/top/columns.js'
import { NOTHING_READ, nextRead, withOutput } from '../../../src/cli/top/last-line.js'
import { rateOf, type Sample, withSample } from '../../../src/cli/top/rate.js'
import { shortIdLength } from '../../../src/cli/top/short-id.js'
import { answerOf, NOON, taskOf } from './tasks.js'

const idsOf = (board: Board, now: number, all = false) =>
  entriesOf(board, now, all).map(({ task }) => task.task_id)

describe('the rows', () => {
  test('are sorted oldest first, and a task keeps its row', () => {
    const [old, young] = [taskOf('a', { createdAt: NOON }), taskOf('b', { createdAt: NOON + 1 })]
    let board = withTasks(EMPTY_BOARD, [young, old], NOON)
    expect(idsOf(board, NOON)).toEqual(['a', 'b'])
    const newest = taskOf('c', { createdAt: NOON + 2 })
    board = withTasks(board, [newest, young], NOON + 1000)
    expect(endedSince(board, [newest, young])).toEqual(['a'])
    board = withTask(board, 'a', taskOf('a', { status: 'completed', createdAt: NOON }), NOON + 1000)
    expect(endedSince(board, [newest, young])).toEqual([])
    expect(idsOf(board, NOON + 1000)).toEqual(['a', 'b', 'c'])
  })

  test('of ended tasks disappear after a while; earlier ones appear only on request', () => {
    const ended = taskOf('a', { status: 'failed', createdAt: NOON })
    let board = withTasks(EMPTY_BOARD, [taskOf('a', { createdAt: NOON })], NOON)
    board = withTask(board, 'a', ended, NOON)
    expect(idsOf(board, NOON + ENDED_VISIBLE_MS - 1)).toEqual(['a'])
    expect(idsOf(board, NOON + ENDED_VISIBLE_MS)).toEqual([])
    expect(withTasks(board, [], NOON + ENDED_VISIBLE_MS).size).toBe(0)
    const before = withTasks(EMPTY_BOARD, [ended, taskOf('b', { createdAt: NOON + 5 })], NOON)
    expect(idsOf(before, NOON)).toEqual(['b'])
    expect(idsOf(before, NOON, true)).toEqual(['b', 'a'])
  })

  test('of tasks that are purged go at once', () => {
    const board = withTasks(EMPTY_BOARD, [taskOf('a')], NOON)
    expect(withTask(board, 'a', undefined, NOON).size).toBe(0)
  })

  test('show age, size and rate; an ended task has no rate', () => {
    let board = withTasks(EMPTY_BOARD, [taskOf('a', { bytes: 1000 })], NOON)
    board = withTasks(board, [taskOf('a', { bytes: 5000 })], NOON + 2000)
    const cell = (name: 'AGE' | 'SIZE' | 'RATE' | 'STATUS', now: number) =>
      cellOf(entriesOf(board, now, true)[0] as never, { name, width: 20 }, now)
    expect(cell('AGE', NOON + 65_000)).toBe('1m 5s')
    expect(cell('SIZE', NOON)).toBe('5 kB')
    expect(cell('RATE', NOON)).toBe('2 kB/s')
    board = withTask(board, 'a', taskOf('a', { status: 'failed', completedAt: NOON + 3000 }), NOON + 4000)
    expect(cell('AGE', NOON + 65_000)).toBe('3s')
    expect(cell('RATE', NOON + 65_000)).toBe('')
    expect(cell('STATUS', NOON)).toBe('failed: exit 1')
  })
})

describe('the speed', () => {
  const speedAfter = (samples: Sample[]) => rateOf(samples.reduce<Sample[]>(withSample, []))

  test('covers the last seconds, and falls to 0 without output', () => {
    expect(speedAfter([{ at: 0, bytes: 7 }])).toBeNull()
    const burst = [0, 1000, 2000].map((at) => ({ at, bytes: at }))
    expect(speedAfter(burst)).toBe(1000)
    const silence = [3000, 4000, 5000, 6000, 7000].map((at) => ({ at, bytes: 2000 }))
    expect(speedAfter([...burst, ...silence])).toBe(0)
  })

  test('counts the whole time after a daemon was away', () => {
    expect(
      speedAfter([
        { at: 0, bytes: 0 },
        { at: 60_000, bytes: 6000 },
      ]),
    ).toBe(100)
  })
})

describe('the last line', () => {
  const linesAfter = (contents: string[]) =>
    contents.reduce(
      (tail, content, place) => withOutput(tail, place + 1, answerOf([{ index: place + 1, content }])),
      { ...NOTHING_READ, nextIndex: 1 },
    ).line

  test('is the last non-empty line, also across chunks', () => {
    expect(linesAfter(['one\ntw', 'o 日本', '\n\n  \n'])).toBe('two 日本')
  })

  test('holds no escape sequence, whatever was printed', () => {
    expect(linesAfter(['a\u001b[2Jb\u001b]0;title\u0007c\u202ed\te'])).toBe('abcd e')
  })

  test('restarts with output of another kind, and ignores the first chunk', () => {
    const answer = answerOf([
      { index: 0, content: 'Processing your request...\n', kind: 'notice' },
      { index: 1, content: 'half', kind: 'text' },
      { index: 2, content: 'oops', kind: 'stderr' },
    ])
    expect(withOutput(NOTHING_READ, 0, answer).line).toBe('oops')
    expect(withOutput(NOTHING_READ, 0, answerOf(answer.new_chunks.slice(0, 1))).line).toBe('')
  })

  test('of a task that prints much is read without all that was before', () => {
    expect(nextRead(NOTHING_READ, 'a', 0)).toBeUndefined()
    expect(nextRead(NOTHING_READ, 'a', 1000)).toMatchObject({ from_chunk_index: 997, wait_ms: 0 })
    const tail = withOutput(NOTHING_READ, 997, answerOf([{ index: 999, content: 'end' }]))
    expect(nextRead(tail, 'a', 1000)).toBeUndefined()
    expect(nextRead(tail, 'a', 1001)).toMatchObject({ from_chunk_index: 1000 })
    const jumped = withOutput(tail, 2000, answerOf([{ index: 2000, content: 'other' }]))
    expect(jumped.line).toBe('other')
  })

  test('of a task that is on the board no more is dropped', () => {
    expect(withChunks(EMPTY_BOARD, 'a', 0, answerOf([{ index: 0, content: 'x' }])).size).toBe(0)
  })
})

describe('the columns', () => {
  const idWidth = { short: 17, whole: 31 }
  const namesIn = (columns: number) => columnsFor(columns, idWidth).map(({ name }) => name)

  test('fill the terminal and never more', () => {
    for (let columns = 1; columns <= 300; columns += 1) {
      const widths = columnsFor(columns, idWidth).map(({ width }) => width)
      const needed = MARK_WIDTH + widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1)
      if (columns >= 3) expect(needed, `of ${columns}`).toBeLessThanOrEqual(columns)
      expect(Math.min(...widths)).toBeGreaterThan(0)
    }
  })

  test('are dropped in order on a narrow terminal; a wide one shows complete ids', () => {
    expect(namesIn(200)).toEqual(['ID', 'STATUS', 'AGENT', 'AGE', 'SIZE', 'RATE', 'LAST LINE'])
    expect(namesIn(100)).not.toContain('AGENT')
    expect(namesIn(45)).toEqual(['ID', 'LAST LINE'])
    expect(columnsFor(200, idWidth)[0]?.width).toBe(31)
    expect(columnsFor(100, idWidth)[0]?.width).toBe(17)
  })
})

test('short ids are unique, also within one millisecond', () => {
  expect(shortIdLength([])).toBe(17)
  expect(shortIdLength(['task-01m8g2g1qeh6aaaa', 'task-01m8g2g1qfh6aaaa'])).toBe(17)
  expect(shortIdLength(['task-01m8g2g1qeh6aaaa', 'task-01m8g2g1qeh6aaba'])).toBe(20)
})
