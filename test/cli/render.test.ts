import { expect, test } from 'vitest'
import { cleanForTerminal, excerpt } from '../../src/cli/render/clean-text.js'
import { renderTable } from '../../src/cli/render/table.js'
import { formatAge, formatDuration, formatSize } from '../../src/cli/render/units.js'

test('nothing that drives a terminal gets through', () => {
  const wild = '\u001b[2J\u001b]0;title\u0007red\u001b[31m\r\b\u009b1m \u202eolleh\u202c\tGrüße 🧵\n'
  expect(cleanForTerminal(wild)).toBe('red olleh\tGrüße 🧵\n')
})

test('an excerpt is one line, cut at a character', () => {
  expect(excerpt('  one\n two ', 20)).toBe('one two')
  expect(excerpt('🧵🧵🧵🧵', 3)).toBe('🧵🧵…')
})

test('a table has no borders and no spaces at the end of its lines', () => {
  expect(
    renderTable(
      ['ID', 'X'],
      [
        ['task-1', 'a'],
        ['t', ''],
      ],
    ),
  ).toBe('ID      X\ntask-1  a\nt\n')
})

test('times and sizes', () => {
  expect([null, 0.25, 12.3, 3900, 90_000].map(formatDuration)).toEqual([
    '-',
    '250ms',
    '12s',
    '1h 5m',
    '1d 1h',
  ])
  expect(formatAge(1000, 1500)).toBe('now')
  expect(formatAge(0, 300_000)).toBe('5m ago')
  expect(formatSize(12_000)).toBe('12 kB')
})
