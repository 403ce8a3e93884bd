import { expect, onTestFinished, test, vi } from 'vitest'
import { cleanForTerminal, excerpt, oneLine } from '../../src/cli/render/clean-text.js'
import { printJson } from '../../src/cli/render/json.js'
import { renderTable } from '../../src/cli/render/table.js'
import { formatAge, formatCount, formatDuration, formatSize } from '../../src/cli/render/units.js'

test('nothing that drives a terminal gets through', () => {
  const wild = '\u001b[2J\u001b]0;title\u0007red\u001b[31m\r\b\u009b1m \u202eolleh\u202c\tGrüße 🧵\n'
  expect(cleanForTerminal(wild)).toBe('red\n olleh\tGrüße 🧵\n')
})

test('text after what only looks like a sequence stays', () => {
  expect(cleanForTerminal('a\u009b31mred\u009b0m, then\u001b]never ended')).toBe('ared, thennever ended')
})

test('JSON means the same, and drives no terminal', () => {
  const wild = { 'a\u009b1m': '\u202e\u007f\u001b', b: 'Grüße' }
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  onTestFinished(() => write.mockRestore())
  printJson(wild)
  const printed = String(write.mock.calls[0]?.[0])
  expect(printed).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
  expect(JSON.parse(printed)).toEqual(wild)
})

test('a sentence is one line, whatever ends a line in what it repeats', () => {
  expect(oneLine(' one\n two\u2028three\u2029\n four ')).toBe('one two three four')
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
        ['task\u001b[1m-1', 'a'],
        ['t', ''],
      ],
    ),
  ).toBe('ID      X\ntask-1  a\nt\n')
})

test('counts, times and sizes', () => {
  expect([0, 1, 2].map((count) => formatCount(count, 'chunk'))).toEqual(['0 chunks', '1 chunk', '2 chunks'])
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
