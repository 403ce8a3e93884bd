import { WriteStream } from 'node:tty'
import stringWidth from 'string-width'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { painterFor } from '../../src/cli/terminal/colour.js'
import { printJson, printJsonLines } from '../../src/cli/terminal/json.js'
import { renderTable } from '../../src/cli/terminal/table.js'
import { formatAge, formatCount, formatDuration, formatSize } from '../../src/cli/terminal/units.js'
import { joinLines, oneLine, toDisplayText } from '../../src/domain/text.js'

test('terminal control sequences are removed', () => {
  const wild = '\u001b[2J\u001b]0;title\u0007red\u001b[31m\r\b\u009b1m \u202eolleh\u202c\tGrüße 🧵\n'
  expect(toDisplayText(wild)).toBe('red\n olleh\tGrüße 🧵\n')
})

test('text after an invalid sequence is kept', () => {
  expect(toDisplayText('a\u009b31mred\u009b0m, then\u001b]never ended')).toBe('ared, thennever ended')
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

test('a message is one line, whatever line ends it contains', () => {
  expect(joinLines(' one\n two\u2028three\u2029\n four ')).toBe('one two three four')
})

test('oneLine joins lines and never cuts a character in half', () => {
  expect(oneLine('  one\n two ', 20)).toBe('one two')
  expect(oneLine('🧵🧵🧵🧵', 6)).toBe('🧵🧵…')
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

describe('a table on a terminal', () => {
  const head = ['ID', 'KIND', 'SIZE', 'TEXT']
  const rows = [
    ['task-1', 'command', '12 kB', 'a message that is long'],
    ['task-2', 'acp', '1 B', '日本語のとても長いメッセージ'],
  ]
  const widthsOf = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => stringWidth(line))

  test('cuts its last column, and is never wider', () => {
    const table = renderTable(head, rows, { columns: 40 })
    expect(Math.max(...widthsOf(table))).toBeLessThanOrEqual(40)
    expect(table).toContain('task-1  command  12 kB  a message that …\n')
    expect(renderTable(head, rows, { columns: 200 })).toBe(renderTable(head, rows))
  })

  test('drops columns in order on a narrow terminal, never the first', () => {
    const table = renderTable(head, rows, { columns: 24, expendable: ['SIZE', 'KIND'] })
    expect(table).toMatch(/^ID {6}TEXT\n/)
    expect(Math.max(...widthsOf(table))).toBeLessThanOrEqual(24)
    expect(renderTable(head, rows, { columns: 30, expendable: ['SIZE', 'KIND'] })).toMatch(
      /^ID +KIND +TEXT\n/,
    )
  })

  test('leaves out even the last column before the first one is cut', () => {
    const narrow = renderTable(['ID', 'STATUS', 'TEXT'], [['task-1234567890', 'failed', 'a message']], {
      columns: 24,
      expendable: ['TEXT'],
    })
    expect(narrow).toBe('ID               STATUS\ntask-1234567890  failed\n')
  })

  test('wraps its last column without cutting words', () => {
    const reported = [['one', 'say: spoold init --merge, then look at /a/path/that/is/long/and/one/word']]
    const table = renderTable(['NAME', 'WHAT'], reported, { columns: 40, wrap: true })
    expect(table.replace(/\s+/g, ' ')).toBe(`NAME WHAT one ${reported[0]?.[1]} `)
    expect(table.split('\n').length).toBeGreaterThan(3)
  })

  test('has its cells painted after they were cleaned and measured', () => {
    const paint = (cell: string, { head: column }: { head: string }) =>
      column === 'KIND' ? `\u001b[31m${cell}\u001b[39m` : cell
    const painted = renderTable(head, [['task\u001b[1m-1', 'a', 'b', 'c']], { columns: 40, paint })
    expect(painted).toBe('ID      KIND  SIZE  TEXT\ntask-1  \u001b[31ma\u001b[39m     b     c\n')
  })
})

test('a listing as JSON is one object a line', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  onTestFinished(() => write.mockRestore())
  printJsonLines([{ a: 'x\ny' }, { a: '\u001b' }])
  expect(write.mock.calls[0]?.[0]).toBe('{"a":"x\\ny"}\n{"a":"\\u001b"}\n')
})

test('colours are only for terminals that support them, unless NO_COLOR is set', () => {
  const stream = (isTTY: boolean) => Object.assign(Object.create(WriteStream.prototype), { isTTY })
  const paint = (isTTY: boolean, env: NodeJS.ProcessEnv) => painterFor(stream(isTTY), env)('red', 'x')
  expect(paint(true, { TERM: 'xterm' })).toBe('\u001b[31mx\u001b[39m')
  expect(paint(false, { TERM: 'xterm' })).toBe('x')
  expect(paint(true, { TERM: 'xterm', NO_COLOR: '1' })).toBe('x')
  expect(paint(true, { TERM: 'dumb' })).toBe('x')
  expect(paint(true, {})).toBe('x')
})
