import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  describeValue,
  ellipsize,
  oneLine,
  quoteName,
  toDisplayText,
  truncate,
  truncateStart,
} from '../../src/domain/text.js'

const unicode = fc.string({ unit: 'binary', maxLength: 300 })
const lengths = fc.integer({ min: 1, max: 100 })

describe('cuts', () => {
  test('never split a character, and keep to the length', () => {
    fc.assert(
      fc.property(unicode, lengths, (text, length) => {
        const [first, last] = [truncate(text, length), truncateStart(text, length)]
        for (const part of [first, last, ellipsize(text, length), oneLine(text, length)]) {
          expect(part.isWellFormed()).toBe(true)
          expect(part.length).toBeLessThanOrEqual(length)
        }
        expect([text.startsWith(first), text.endsWith(last)]).toEqual([true, true])
        expect(Math.min(first.length, last.length)).toBeGreaterThanOrEqual(Math.min(text.length, length - 1))
      }),
    )
  })

  test('mark that more follows', () => {
    expect(ellipsize('abcdef', 4)).toBe('abc…')
    expect(ellipsize('ab👋👋', 5)).toBe('ab👋…')
    expect(ellipsize('abcd', 4)).toBe('abcd')
    expect(oneLine(`a${' '.repeat(1000)}b`, 10)).toBe('a…')
  })
})

describe('printable text', () => {
  test('has no escape sequences, control characters, direction marks or half characters', () => {
    const text = 'a\x1b[31mb\x1b]0;title\x07c\u009b1md\u0085e\u202ef\u2066g\u2028h\x7fi\ud800j'
    expect(toDisplayText(text)).toBe('abcdefghi\ufffdj')
    expect(toDisplayText('line\n\ttab 👩🏽‍💻 שלום')).toBe('line\n\ttab 👩🏽‍💻 שלום')
    expect(oneLine(' a\r\n\n b\t', 10)).toBe('a b')
  })
})

describe('a wrong value', () => {
  test.each<[unknown, string]>([
    [undefined, 'nothing'],
    [null, 'null'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [true, 'true'],
    [[1], 'a list'],
    [{ a: 1 }, 'an object'],
    ['a"\n\x1b\u009b\u202e\ud800', '"a\\"\\n\\u001b\\u009b\\u202e\\ud800"'],
  ])('%j is shown as %s', (value, spoken) => {
    expect(describeValue(value)).toBe(spoken)
  })

  test('shows a name as a plain word or in quotes', () => {
    expect([quoteName('from_index'), quoteName(''), quoteName('a b')]).toEqual(['from_index', '""', '"a b"'])
  })

  test('is shown short', () => {
    expect(describeValue('👋'.repeat(1e6)).length).toBeLessThanOrEqual(62)
  })
})
