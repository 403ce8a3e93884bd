import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toMatchExpression } from '../../src/store/search-words.js'

describe('a search query', () => {
  it.each([
    ['one two', '"one" "two"'],
    ['"one two" three', '"one two" "three"'],
    ['begin*', '"begin"*'],
    ['"two begin"*', '"two begin"*'],
    ['"no end', '"no end"'],
    ['a"b c"d', '"a" "b c" "d"'],
    ['AND or NOT NEAR(x)', '"AND" "or" "NOT" "NEAR(x)"'],
    ['text:x -y ^z + ( )', '"text:x" "-y" "^z"'],
    ['one\0two', '"one" "two"'],
    ['größe_2', '"größe_2"'],
  ])('%j is %s', (words, expression) => {
    expect(toMatchExpression(words)).toBe(expression)
  })

  it.each(['', ' ', '***', '""', '- — +', '"\0"', '🧵'])(
    '%j has no word in it: refused, promise 10',
    (words) => {
      expect(() => toMatchExpression(words)).toThrow(
        expect.objectContaining({
          code: 'invalid_input',
          field: 'query',
          message: expect.stringMatching(/^query must/),
        }),
      )
    },
  )

  it.each(['a*', 'one th*', '"the th"*', 'x-y*', '12*', 'é*', 'ÉÀ*', 'до*'])(
    '%j has too short a prefix',
    (words) => {
      expect(() => toMatchExpression(words)).toThrow(
        /^query must have at least 3 letters or digits before a \*/,
      )
    },
  )

  it('accepts a one-character prefix in other scripts', () => {
    expect(toMatchExpression('日* 12-345*')).toBe('"日"* "12-345"*')
  })

  it('rejects too many words', () => {
    const words = Array.from({ length: 17 }, (_, n) => `word${n}`)
    expect(() => toMatchExpression(words.join(' '))).toThrow(/at most 16 different words/)
    expect(toMatchExpression('word '.repeat(51))).toBe('"word"')
  })

  it('is never a syntax error, and a text matches itself', () => {
    const db = new Database(':memory:')
    db.exec("CREATE VIRTUAL TABLE found USING fts5(text, tokenize = 'unicode61 remove_diacritics 2')")
    const insert = db.prepare('INSERT INTO found (rowid, text) VALUES (1, ?)')
    const find = db.prepare('SELECT count(*) FROM found WHERE found MATCH ?').pluck()
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({
        unit: fc.constantFrom(
          '"',
          '*',
          '(',
          ')',
          '-',
          '+',
          '^',
          ':',
          '{',
          '}',
          ',',
          "'",
          ' ',
          'a',
          'NOT',
          'NEAR',
          'é',
          '\0',
          '\ud800',
        ),
      }),
    )
    fc.assert(
      fc.property(anything, (typed) => {
        const words = `${typed} word`
        db.exec('DELETE FROM found')
        insert.run(words.toWellFormed().replaceAll('\0', ' '))
        let expression: string
        try {
          expression = toMatchExpression(words)
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_input' })
          return
        }
        expect(find.get(expression)).toBe(1)
      }),
      { numRuns: 2_000 },
    )
    db.close()
  })
})
